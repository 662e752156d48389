package org.ldae.data.sources;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.stream.IntStream;
import org.ldae.data.ImageSource;

/**
 * What decides the content of a packed file, as SHA-256: shape, labels, and of each image the bytes of its file with what
 * is done to them, or its pixels where there is no file.
 */
public final class PackKey {

    private static final String FORMAT = "ldae packed images 1";

    private PackKey() {}

    public static String of(ImageSource source) throws IOException {
        MessageDigest all = Digests.sha256();
        all.update((FORMAT + source.shape()).getBytes(StandardCharsets.UTF_8));
        boolean labelled = !source.classNames().isEmpty();
        int block = 64 * Runtime.getRuntime().availableProcessors();
        for (int from = 0; from < source.size(); from += block) {
            int to = Math.min(source.size(), from + block);
            try {
                byte[][] parts = IntStream.range(from, to)
                        .parallel()
                        .mapToObj(i -> image(source, i))
                        .toArray(byte[][]::new);
                for (int i = from; i < to; i++) {
                    all.update(parts[i - from]);
                    all.update(ByteBuffer.allocate(4)
                            .putInt(labelled ? source.label(i) : -1)
                            .flip());
                }
            } catch (UncheckedIOException e) {
                throw new IOException(e.getMessage(), e);
            }
        }
        return HexFormat.of().formatHex(all.digest());
    }

    public static byte[] image(ImageSource source, int index) {
        if (source instanceof LabelledImages images) {
            return images.identity(index);
        }
        return ofPixels(source, index);
    }

    static byte[] ofPixels(ImageSource source, int index) {
        float[] pixels = new float[source.shape().size()];
        source.read(index, pixels, 0);
        ByteBuffer bytes = ByteBuffer.allocate(4 * pixels.length);
        bytes.asFloatBuffer().put(pixels);
        return Digests.sha256().digest(bytes.array());
    }
}
