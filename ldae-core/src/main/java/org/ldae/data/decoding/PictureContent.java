package org.ldae.data.decoding;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.ldae.core.ImageShape;
import org.ldae.data.Decoding;

/**
 * A picture that is decoded anew at each reading.
 *
 * @param name what errors call it
 * @param origin a file, a file's bytes or an image in memory
 */
public record PictureContent(String name, Origin origin) {

    /** What a picture is made of. */
    public interface Origin {

        Planes planes(String name, Decoding decoding) throws IOException;

        /** Height and width as the picture is shown. */
        ImageFile.Size size(String name, Decoding decoding) throws IOException;

        /** The bytes that decide the pixels, unless those do it themselves. */
        Optional<InputStream> bytes() throws IOException;
    }

    public ImageFile.Size size(Decoding decoding) throws IOException {
        return origin.size(name, decoding);
    }

    /** Copies its pixels, made square if they are to be resized, which must else have that shape. */
    public void read(ImageShape shape, boolean resized, Decoding decoding, float[] destination, int offset)
            throws IOException {
        Planes planes = MemoryAtHand.during(name, () -> {
            Planes whole = origin.planes(name, decoding);
            return resized ? Resampling.centredSquare(whole, shape.height()) : whole;
        });
        if (planes.height != shape.height() || planes.width != shape.width()) {
            throw new IOException("%s: expected %d x %d pixels as these images have, got %d x %d"
                    .formatted(name, shape.height(), shape.width(), planes.height, planes.width));
        }
        int start = offset;
        for (byte[] plane : planes.values) {
            EightBit.toFloats(plane, destination, start);
            start += plane.length;
        }
    }

    public static PictureContent of(Path file) {
        return new PictureContent(file.toString(), new Origin() {
            @Override
            public Planes planes(String name, Decoding decoding) throws IOException {
                return Planes.read(file, decoding);
            }

            @Override
            public ImageFile.Size size(String name, Decoding decoding) throws IOException {
                return ImageFile.size(file, decoding.maxPixels());
            }

            @Override
            public Optional<InputStream> bytes() throws IOException {
                return Optional.of(Files.newInputStream(file));
            }
        });
    }

    /** All bytes of a file, which must stay as they are. */
    public static PictureContent of(String name, byte[] content) {
        return new PictureContent(name, new Origin() {
            @Override
            public Planes planes(String caller, Decoding decoding) throws IOException {
                return Planes.read(caller, content, decoding);
            }

            @Override
            public ImageFile.Size size(String caller, Decoding decoding) throws IOException {
                return ImageFile.size(caller, content, decoding.maxPixels());
            }

            @Override
            public Optional<InputStream> bytes() {
                return Optional.of(new ByteArrayInputStream(content));
            }
        });
    }

    /** An image that must stay as it is. */
    public static PictureContent of(String name, BufferedImage image) {
        return new PictureContent(name, new Origin() {
            @Override
            public Planes planes(String caller, Decoding decoding) throws IOException {
                return Planes.of(caller, ImageFile.decoded(image), decoding);
            }

            @Override
            public ImageFile.Size size(String caller, Decoding decoding) {
                return new ImageFile.Size(image.getHeight(), image.getWidth());
            }

            @Override
            public Optional<InputStream> bytes() {
                return Optional.empty();
            }
        });
    }
}
