package org.ldae.data.sets;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import org.ldae.core.Progress;
import org.ldae.data.ImageSource;
import org.ldae.data.decoding.EightBit;
import org.ldae.data.sources.ImageLabels;
import org.ldae.data.sources.LabelledImages;
import org.ldae.data.sources.PackKey;

/** Images in a memory-mapped file that {@link PackedFile} wrote: they take address space, but no heap. */
public final class PackedImages extends LabelledImages {

    /** One mapping can't be longer than 2 GiB. */
    private static final int LONGEST_MAPPING = 1 << 30;

    private final ImageSource source;
    private final PackedFile.Header header;
    private final ByteBuffer[] mappings;
    private final int imagesEach;

    private PackedImages(ImageSource source, PackedFile.Header header, FileChannel channel) throws IOException {
        super(source.shape(), source.size(), ImageLabels.of(source), header.hash());
        this.source = source;
        this.header = header;
        long imageBytes = header.imageBytes();
        this.imagesEach = (int) Math.max(1, LONGEST_MAPPING / imageBytes);
        this.mappings = new ByteBuffer[(source.size() + imagesEach - 1) / imagesEach];
        for (int i = 0; i < mappings.length; i++) {
            int images = Math.min(imagesEach, source.size() - i * imagesEach);
            mappings[i] = channel.map(
                            FileChannel.MapMode.READ_ONLY,
                            PackedFile.Header.LENGTH + (long) i * imagesEach * imageBytes,
                            images * imageBytes)
                    .order(ByteOrder.LITTLE_ENDIAN);
        }
    }

    /** Opens the source's file in the folder, after writing it if there is none. */
    public static ImageSource open(ImageSource source, Path folder, Progress progress) throws IOException {
        Path file = folder.resolve(PackKey.of(source) + ".safetensors");
        if (Files.notExists(file)) {
            Files.createDirectories(folder);
            PackedFile.write(file, source, progress);
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return new PackedImages(source, PackedFile.Header.read(file, channel, source), channel);
        }
    }

    @Override
    public void read(int index, float[] destination, int offset) {
        Objects.checkIndex(index, size());
        ByteBuffer mapping = mappings[index / imagesEach];
        int start = index % imagesEach * (int) header.imageBytes();
        int numbers = shape().size();
        if (header.bytes()) {
            EightBit.toFloats(mapping, start, destination, offset, numbers);
        } else {
            mapping.slice(start, 4 * numbers)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer()
                    .get(destination, offset, numbers);
        }
    }

    @Override
    public String name(int index) {
        return source.name(index);
    }

    @Override
    public byte[] identity(int index) {
        return PackKey.image(source, index);
    }
}
