package org.ldae.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import org.ldae.core.ImageShape;

/** Image files, decoded at each reading and rounded to 8 bits. */
final class FolderImages extends LabelledImages {

    private final List<Path> files;
    private final boolean resized;

    FolderImages(ImageShape shape, List<Path> files, Labels labels, boolean resized) {
        super(shape, files.size(), labels);
        this.files = List.copyOf(files);
        this.resized = resized;
    }

    @Override
    public void read(int index, float[] destination, int offset) {
        Path file = files.get(index);
        try {
            EightBit.toFloats(pixels(file), destination, offset);
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    private byte[] pixels(Path file) throws IOException {
        Planes planes = planes(file);
        byte[] pixels = new byte[shape().size()];
        int i = 0;
        for (float[] plane : planes.values) {
            for (float value : plane) {
                pixels[i++] = EightBit.level(value);
            }
        }
        return pixels;
    }

    private Planes planes(Path file) throws IOException {
        Planes planes = Planes.read(file, shape().channels());
        if (resized) {
            return Resampling.centredSquare(planes, shape().height());
        }
        if (planes.height != shape().height() || planes.width != shape().width()) {
            throw new IOException("%s: expected %d x %d pixels as when the folder was opened, got %d x %d"
                    .formatted(file, shape().height(), shape().width(), planes.height, planes.width));
        }
        return planes;
    }
}
