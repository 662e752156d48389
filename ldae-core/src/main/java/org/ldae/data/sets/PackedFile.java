package org.ldae.data.sets;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.ldae.checkpoint.CheckpointException;
import org.ldae.checkpoint.DType;
import org.ldae.checkpoint.Safetensors;
import org.ldae.core.AtomicFile;
import org.ldae.core.ImageShape;
import org.ldae.core.Progress;
import org.ldae.core.Stage;
import org.ldae.data.ImageSource;
import org.ldae.data.ReadAhead;
import org.ldae.data.decoding.EightBit;
import org.ldae.data.sources.ContentHash;

/**
 * Writes images into one safetensors file, tensor {@code images} of {@code [N, C, H, W]}: bytes if all pixels are one of
 * 256 levels, floats otherwise. Decodes on all processors.
 */
final class PackedFile {

    /** Images in memory while the file is written, for each processor. */
    private static final int SLOTS_EACH = 4;

    private final ImageSource source;
    private final FileChannel channel;
    private final Progress progress;
    private final boolean asBytes;
    private final ByteBuffer buffer;

    private PackedFile(ImageSource source, FileChannel channel, Progress progress, boolean asBytes) {
        this.source = source;
        this.channel = channel;
        this.progress = progress;
        this.asBytes = asBytes;
        this.buffer = ByteBuffer.allocateDirect(
                        Math.multiplyExact(source.shape().size(), asBytes ? 1 : Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    static void write(Path file, ImageSource source, Progress progress) throws IOException {
        AtomicFile.write(file, channel -> {
            if (!new PackedFile(source, channel, progress, true).write()) {
                new PackedFile(source, channel, progress, false).write();
            }
        });
    }

    /** Whether the pixels could be written as they are; the header comes last, since the hash is known then. */
    private boolean write() throws IOException {
        int processors = Runtime.getRuntime().availableProcessors();
        ReadAhead.Limits limits = new ReadAhead.Limits(source.size(), SLOTS_EACH * processors, processors);
        ContentHash hash = new ContentHash(source);
        Stage stage = new Stage("pack", source.size(), progress);
        channel.position(Header.LENGTH);
        try (ReadAhead images = new ReadAhead(
                (item, pixels) -> source.read((int) item, pixels, 0),
                source.shape().size(),
                limits)) {
            for (int i = 0; i < source.size(); i++) {
                float[] pixels = images.get(i);
                if (!fill(pixels)) {
                    return false;
                }
                writeAll(buffer);
                hash.add(i, pixels);
                stage.at(i + 1);
            }
        }
        channel.position(0);
        writeAll(new Header(hash.hex(), asBytes, source.shape(), source.size()).encode());
        return true;
    }

    private boolean fill(float[] pixels) {
        buffer.clear();
        if (!asBytes) {
            buffer.asFloatBuffer().put(pixels);
            return true;
        }
        return EightBit.toBytes(pixels, buffer);
    }

    private void writeAll(ByteBuffer bytes) throws IOException {
        bytes.rewind();
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /**
     * The first bytes of the file.
     *
     * @param hash of the images, as {@link ImageSource#hash}
     * @param bytes whether a pixel takes one byte, or four
     * @param shape of an image
     * @param size number of images
     */
    record Header(String hash, boolean bytes, ImageShape shape, int size) {

        static final int LENGTH = 1024;

        private static final String HASH = "hash";
        private static final String IMAGES = "images";

        long imageBytes() {
            return (long) shape.size() * (bytes ? 1 : Float.BYTES);
        }

        ByteBuffer encode() {
            List<Long> axes = Stream.of(size, shape.channels(), shape.height(), shape.width())
                    .map(Integer::longValue)
                    .toList();
            return Safetensors.header(IMAGES, bytes ? DType.U8 : DType.F32, axes, Map.of(HASH, hash), LENGTH);
        }

        /** Reads and checks it: only a file that this class wrote for these images will do. */
        static Header read(Path file, FileChannel channel, ImageSource source) throws IOException {
            try (Safetensors saved = Safetensors.read(file)) {
                boolean bytes = saved.dtype(IMAGES) == DType.U8;
                Header header = new Header(saved.metadata(HASH), bytes, source.shape(), source.size());
                ByteBuffer found = ByteBuffer.allocate(LENGTH);
                channel.read(found, 0);
                if (header.encode().equals(found.flip())) {
                    return header;
                }
            } catch (CheckpointException e) {
                throw unlike(file, source, String.valueOf(e.getMessage()));
            }
            throw unlike(file, source, "something else of %d bytes".formatted(channel.size()));
        }

        private static IOException unlike(Path file, ImageSource source, String found) {
            return new IOException("%s: expected %d packed images %s, got %s; delete the file to pack anew"
                    .formatted(file, source.size(), source.shape(), found));
        }
    }
}
