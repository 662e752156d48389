package org.ldae.data.decoding;

import java.io.IOException;
import java.nio.file.Path;
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
        ImageFile.Decoded decoded = ImageFile.decode(file, decoding.maxPixels());
        try {
            return Colours.of(decoded.image(), decoded.header().tiff(), decoding)
                    .turned(decoded.header().orientation());
        } catch (UnsupportedOperationException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
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
