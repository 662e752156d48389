package org.ldae.data.sources;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.ldae.data.ImageSource;

/** SHA-256 over shape, pixels as big-endian floats, and labels as integers, -1 for none. */
public final class ContentHash {

    private final ImageSource source;
    private final MessageDigest digest = Digests.sha256();
    private final ByteBuffer bytes;

    public ContentHash(ImageSource source) {
        this.source = source;
        this.bytes = ByteBuffer.allocate(4 * source.shape().size() + 4);
        digest.update(source.shape().toString().getBytes(StandardCharsets.UTF_8));
    }

    static String of(ImageSource source) {
        ContentHash hash = new ContentHash(source);
        float[] pixels = new float[source.shape().size()];
        for (int i = 0; i < source.size(); i++) {
            source.read(i, pixels, 0);
            hash.add(i, pixels);
        }
        return hash.hex();
    }

    /** The next image; they come in their order. */
    public void add(int index, float[] pixels) {
        bytes.clear();
        bytes.asFloatBuffer().put(pixels);
        bytes.putInt(4 * pixels.length, source.classNames().isEmpty() ? -1 : source.label(index));
        digest.update(bytes);
    }

    public String hex() {
        return HexFormat.of().formatHex(digest.digest());
    }
}
