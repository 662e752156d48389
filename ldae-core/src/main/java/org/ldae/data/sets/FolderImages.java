package org.ldae.data.sets;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import org.ldae.core.ImageShape;
import org.ldae.data.FolderOptions;
import org.ldae.data.decoding.EightBit;
import org.ldae.data.decoding.Planes;
import org.ldae.data.decoding.Resampling;
import org.ldae.data.sources.Digests;
import org.ldae.data.sources.ImageLabels;
import org.ldae.data.sources.LabelledImages;

/** Image files, decoded at each reading and rounded to 8 bits. */
final class FolderImages extends LabelledImages {

    private final List<Path> files;
    private final FolderOptions options;

    FolderImages(ImageShape shape, List<Path> files, ImageLabels labels, FolderOptions options) {
        super(shape, files.size(), labels);
        this.files = List.copyOf(files);
        this.options = options;
    }

    @Override
    public void read(int index, float[] destination, int offset) {
        try {
            int start = offset;
            for (byte[] plane : planes(files.get(index)).values) {
                EightBit.toFloats(plane, destination, start);
                start += plane.length;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    @Override
    public String name(int index) {
        return files.get(index).toString();
    }

    @Override
    public byte[] identity(int index) {
        MessageDigest digest = Digests.sha256();
        digest.update((options.side() + " " + options.decoding()).getBytes(StandardCharsets.UTF_8));
        try (InputStream file = Files.newInputStream(files.get(index))) {
            byte[] part = new byte[1 << 16];
            for (int count = file.read(part); count >= 0; count = file.read(part)) {
                digest.update(part, 0, count);
            }
            return digest.digest();
        } catch (IOException e) {
            throw new UncheckedIOException(files.get(index) + ": " + e, e);
        }
    }

    private Planes planes(Path file) throws IOException {
        Planes planes = Planes.read(file, options.decoding());
        if (options.side().isPresent()) {
            return Resampling.centredSquare(planes, shape().height());
        }
        if (planes.height != shape().height() || planes.width != shape().width()) {
            throw new IOException("%s: expected %d x %d pixels as when the folder was opened, got %d x %d"
                    .formatted(file, shape().height(), shape().width(), planes.height, planes.width));
        }
        return planes;
    }
}
