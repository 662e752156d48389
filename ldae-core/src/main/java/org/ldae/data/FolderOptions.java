package org.ldae.data;

import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * How folders of image files become images of one shape.
 *
 * @param side side of the square that is cut from each image's centre after its shorter side was resized to it; empty
 *     for the files' own size, which must then be the same for all
 * @param channels 3 for red, green, blue, 1 for grey
 * @param testFraction share of each class held out for testing, in (0, 1); empty if the test images have a folder
 * @param seed chooses the images that are held out; without meaning if none are
 */
public record FolderOptions(OptionalInt side, int channels, OptionalDouble testFraction, long seed) {

    /**
     * Checks side, channels and fraction.
     *
     * @param side side of the square, empty for the files' own size
     * @param channels 3 or 1
     * @param testFraction share held out in (0, 1), empty for none
     * @param seed chooses the images that are held out
     */
    public FolderOptions {
        if (side.isPresent() && side.getAsInt() < 1) {
            throw new IllegalArgumentException("side: expected at least 1 pixel, got " + side.getAsInt());
        }
        if (channels != 1 && channels != 3) {
            throw new IllegalArgumentException("channels: expected 1 (grey) or 3 (red, green, blue), got " + channels);
        }
        if (testFraction.isPresent() && !(testFraction.getAsDouble() > 0 && testFraction.getAsDouble() < 1)) {
            throw new IllegalArgumentException(
                    "testFraction: expected a number in (0, 1), got " + testFraction.getAsDouble());
        }
    }

    /**
     * Colour images of the files' own size, which must be the same for all files. Opening reads every file's header.
     *
     * @return the options
     */
    public static FolderOptions nativeSize() {
        return new FolderOptions(OptionalInt.empty(), 3, OptionalDouble.empty(), 0);
    }

    /**
     * Colour images resized, with an antialiasing triangle filter, until their shorter side fits, then cut to the
     * centred square.
     *
     * @param side side of the square in pixels, at least 1
     * @return the options
     */
    public static FolderOptions square(int side) {
        return new FolderOptions(OptionalInt.of(side), 3, OptionalDouble.empty(), 0);
    }

    /**
     * One channel, the luma 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601), instead of three.
     *
     * @return a changed copy
     */
    public FolderOptions withGreyscale() {
        return new FolderOptions(side, 1, testFraction, seed);
    }

    /**
     * Holds out some images of each class for testing; needed for class folders alone, an error where there is a test
     * folder.
     *
     * @param fraction share of each class, in (0, 1), rounded to at least one image and at most all but one
     * @param splitSeed chooses the images; the same seed always holds out the same ones
     * @return a changed copy
     */
    public FolderOptions withTestFraction(double fraction, long splitSeed) {
        return new FolderOptions(side, channels, OptionalDouble.of(fraction), splitSeed);
    }
}
