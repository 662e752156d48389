package org.ldae.data.decoding;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.ldae.data.Decoding;

/**
 * An image as planes of 256 levels, taken from the raster's samples: Java's own conversion would change grey values, as
 * it takes them for linear light.
 */
public final class Planes {

    public final int height;
    public final int width;
    /** One array a channel, rows one after the other; channels that are the same may share theirs. */
    public final byte[][] values;

    public Planes(int height, int width, byte[][] values) {
        this.height = height;
        this.width = width;
        this.values = values;
    }

    /** The picture in a file, turned upright. */
    public static Planes read(Path file, Decoding decoding) throws IOException {
        return MemoryAtHand.during(file, () -> of(file, ImageFile.decode(file, decoding.maxPixels()), decoding));
    }

    /** The picture in a file's content. */
    public static Planes read(String name, byte[] content, Decoding decoding) throws IOException {
        return MemoryAtHand.during(
                name, () -> of(name, ImageFile.decode(name, content, decoding.maxPixels()), decoding));
    }

    static Planes of(Object name, ImageFile.Decoded decoded, Decoding decoding) throws IOException {
        try {
            byte[][] values = Colours.of(decoded, decoding);
            ImageHeader header = decoded.header();
            Planes planes = new Planes(decoded.bands().height, decoded.bands().width, values);
            return (header.canvas().isPresent() ? planes.onto(header.canvas().get(), Colours.behind(decoding)) : planes)
                    .turned(header.orientation());
        } catch (UnsupportedOperationException e) {
            throw new IOException(name + ": " + e.getMessage(), e);
        }
    }

    /** A first frame that is smaller than its picture, in its place. */
    private Planes onto(ImageHeader.Canvas canvas, byte[] behind) {
        if (canvas.height() == height && canvas.width() == width) {
            return this;
        }
        byte[][] placed = new byte[values.length][canvas.height() * canvas.width()];
        int columns = Math.min(width, canvas.width() - canvas.left());
        for (int c = 0; c < placed.length; c++) {
            Arrays.fill(placed[c], behind[c]);
            for (int y = 0; y < Math.min(height, canvas.height() - canvas.top()); y++) {
                int to = (canvas.top() + y) * canvas.width() + canvas.left();
                System.arraycopy(values[c], y * width, placed[c], to, columns);
            }
        }
        return new Planes(canvas.height(), canvas.width(), placed);
    }

    /** Every channel changed alike; channels that share an array go on sharing one. */
    Planes map(int newHeight, int newWidth, Change change) {
        byte[][] changed = new byte[values.length][];
        for (int c = 0; c < values.length; c++) {
            boolean repeated = c > 0 && values[c] == values[0];
            changed[c] = repeated ? changed[0] : change.of(values[c]);
        }
        return new Planes(newHeight, newWidth, changed);
    }

    /** What is done to a plane. */
    interface Change {
        byte[] of(byte[] plane);
    }

    /** Applies an orientation as EXIF numbers them: 2 to 4 keep the sides, 5 to 8 exchange them. */
    Planes turned(int orientation) {
        if (orientation == 1) {
            return this;
        }
        boolean exchanged = orientation >= 5;
        boolean fromBottom = orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8;
        boolean fromRight = orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7;
        int newHeight = exchanged ? width : height;
        int newWidth = exchanged ? height : width;
        return map(newHeight, newWidth, plane -> {
            byte[] upright = new byte[plane.length];
            for (int y = 0; y < newHeight; y++) {
                for (int x = 0; x < newWidth; x++) {
                    int row = fromBottom ? newHeight - 1 - y : y;
                    int column = fromRight ? newWidth - 1 - x : x;
                    upright[y * newWidth + x] = plane[exchanged ? column * width + row : row * width + column];
                }
            }
            return upright;
        });
    }
}
