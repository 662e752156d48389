package org.ldae.data;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import org.ldae.core.ImageShape;
import org.ldae.data.decoding.PictureContent;

/**
 * One picture of a caller's own: a file, a file's bytes, or an image in memory. It is decoded at each reading, to the same
 * pixels as in a folder that {@link Dataset#folder} opens. Safe to share between threads.
 */
public final class Picture {

    private final PictureContent content;

    private Picture(PictureContent content) {
        this.content = content;
    }

    /**
     * A picture in a file.
     *
     * @param file of any format that {@link Dataset#folder} reads; opened at each reading
     * @return the picture, named after its file
     */
    public static Picture of(Path file) {
        return new Picture(PictureContent.of(file));
    }

    /**
     * A picture in a file's bytes, as they are uploaded or lie in an archive.
     *
     * @param file all of the bytes of a file of any format that {@link Dataset#folder} reads; not copied, so that they must
     *     stay as they are
     * @return the picture, called "picture"
     */
    public static Picture of(byte[] file) {
        return new Picture(PictureContent.of("picture", file));
    }

    /**
     * An image in memory, of the pixels that it would have if it were saved without loss.
     *
     * @param image of any type; not copied, so that it must stay as it is
     * @return the picture, called "picture"
     */
    public static Picture of(BufferedImage image) {
        return new Picture(PictureContent.of("picture", image));
    }

    /**
     * The same picture under another name.
     *
     * @param name what sources and errors call it
     * @return a changed copy
     */
    public Picture named(String name) {
        return new Picture(new PictureContent(name, content.origin()));
    }

    /**
     * What sources and errors call it.
     *
     * @return the path of its file, or another name it was given
     */
    public String name() {
        return content.name();
    }

    /**
     * Decodes the picture into an array, channel planes one after the other, pixels in [-1, 1]. For a square shape its
     * shorter side is resized and its centre cut out as {@link FolderOptions#square} says; for another it must have that size.
     *
     * @param shape {@code [C, H, W]}, with the channels of the decoding
     * @param decoding how samples become channels
     * @param destination where it goes
     * @param offset index of its first number there
     * @throws IOException if the picture can't be read or decoded, or has another size than a shape that isn't square
     * @throws IllegalArgumentException if shape and decoding differ in their channels
     */
    public void read(ImageShape shape, Decoding decoding, float[] destination, int offset) throws IOException {
        if (shape.channels() != decoding.channels()) {
            throw new IllegalArgumentException("decoding: expected %d channels as in images %s, got %d"
                    .formatted(shape.channels(), shape, decoding.channels()));
        }
        content.read(shape, shape.height() == shape.width(), decoding, destination, offset);
    }

    /**
     * The picture as an image of that shape: grey for one channel, red, green and blue for three.
     *
     * @param shape {@code [C, H, W]} with C = 1 or 3
     * @return a new array of C * H * W numbers in [-1, 1], as {@link #read} gives them
     * @throws IOException if the picture can't be read or decoded, or has another size than a shape that isn't square
     * @throws IllegalArgumentException if the shape has another number of channels
     */
    public float[] pixels(ImageShape shape) throws IOException {
        float[] pixels = new float[shape.size()];
        read(shape, shape.channels() == 1 ? Decoding.grey() : Decoding.colour(), pixels, 0);
        return pixels;
    }

    /** For the sources of this package. */
    PictureContent content() {
        return content;
    }

    @Override
    public String toString() {
        return "Picture[%s]".formatted(name());
    }
}
