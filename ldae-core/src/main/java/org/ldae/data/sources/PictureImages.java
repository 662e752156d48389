package org.ldae.data.sources;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import org.ldae.core.ImageShape;
import org.ldae.data.Decoding;
import org.ldae.data.FolderOptions;
import org.ldae.data.decoding.ImageFile;
import org.ldae.data.decoding.PictureContent;

/** Pictures, decoded at each reading and rounded to 8 bits. */
public final class PictureImages extends LabelledImages {

    private final List<PictureContent> pictures;
    private final FolderOptions options;

    public PictureImages(ImageShape shape, List<PictureContent> pictures, ImageLabels labels, FolderOptions options) {
        super(shape, pictures.size(), labels);
        this.pictures = List.copyOf(pictures);
        this.options = options;
    }

    /** The shape that the options make of all of these pictures, at least one. */
    public static ImageShape shape(List<PictureContent> pictures, FolderOptions options) throws IOException {
        Decoding decoding = options.decoding();
        if (options.side().isPresent()) {
            int side = options.side().getAsInt();
            return new ImageShape(decoding.channels(), side, side);
        }
        ImageFile.Size first = pictures.get(0).size(decoding);
        for (PictureContent picture : pictures) {
            ImageFile.Size size = picture.size(decoding);
            if (!size.equals(first)) {
                throw new IOException("%s: expected %s pixels as in %s, got %s; give FolderOptions.square to resize"
                        .formatted(picture.name(), first, pictures.get(0).name(), size));
            }
        }
        return new ImageShape(decoding.channels(), first.height(), first.width());
    }

    @Override
    public void read(int index, float[] destination, int offset) {
        try {
            pictures.get(index).read(shape(), options.side().isPresent(), options.decoding(), destination, offset);
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    @Override
    public String name(int index) {
        return pictures.get(index).name();
    }

    @Override
    public byte[] identity(int index) {
        PictureContent picture = pictures.get(index);
        try {
            Optional<InputStream> bytes = picture.origin().bytes();
            return bytes.isPresent() ? identity(bytes.get()) : super.identity(index);
        } catch (IOException e) {
            throw new UncheckedIOException(picture.name() + ": " + e, e);
        }
    }

    private byte[] identity(InputStream bytes) throws IOException {
        MessageDigest digest = Digests.sha256();
        digest.update((options.side() + " " + options.decoding()).getBytes(StandardCharsets.UTF_8));
        try (bytes) {
            byte[] part = new byte[1 << 16];
            for (int count = bytes.read(part); count >= 0; count = bytes.read(part)) {
                digest.update(part, 0, count);
            }
        }
        return digest.digest();
    }
}
