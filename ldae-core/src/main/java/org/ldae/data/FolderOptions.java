package org.ldae.data;

import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * How folders of image files become images of one shape.
 *
 * @param side side of the square that is cut from each image's centre after its shorter side was resized to it; empty
 *     for the files' own size, which must then be the same for all
 * @param decoding how samples become channels
 * @param testFraction share of each class held out for testing, in (0, 1); empty if the test images have a folder
 * @param seed chooses the images that are held out; without meaning if none are
 * @param mostSkipped most files that may be left out because they can't be read; 0 if each of them is an error
 */
public record FolderOptions(
        OptionalInt side, Decoding decoding, OptionalDouble testFraction, long seed, int mostSkipped) {

    /**
     * Checks side, fraction and limit.
     *
     * @param side side of the square, empty for the files' own size
     * @param decoding how samples become channels
     * @param testFraction share held out in (0, 1), empty for none
     * @param seed chooses the images that are held out
     * @param mostSkipped most files that may be left out because they can't be read, at least 0
     */
    public FolderOptions {
        if (side.isPresent() && side.getAsInt() < 1) {
            throw new IllegalArgumentException("side: expected at least 1 pixel, got " + side.getAsInt());
        }
        if (testFraction.isPresent() && !(testFraction.getAsDouble() > 0 && testFraction.getAsDouble() < 1)) {
            throw new IllegalArgumentException(
                    "testFraction: expected a number in (0, 1), got " + testFraction.getAsDouble());
        }
        if (mostSkipped < 0) {
            throw new IllegalArgumentException("mostSkipped: expected at least 0 files, got " + mostSkipped);
        }
    }

    /**
     * Colour images of the files' own size, which must be the same for all files. Opening reads every file's header.
     *
     * @return the options
     */
    public static FolderOptions nativeSize() {
        return new FolderOptions(OptionalInt.empty(), Decoding.colour(), OptionalDouble.empty(), 0, 0);
    }

    /**
     * Colour images cut to the centred square as ADM (Dhariwal and Nichol 2021) and DiT do it: halved by averaging while
     * the shorter side is at least twice as long, resized with an antialiasing bicubic filter until it fits, cropped.
     *
     * @param side side of the square in pixels, at least 1
     * @return the options
     */
    public static FolderOptions square(int side) {
        return new FolderOptions(OptionalInt.of(side), Decoding.colour(), OptionalDouble.empty(), 0, 0);
    }

    /**
     * Other channels, value ranges or limits.
     *
     * @param rules how samples become channels
     * @return a changed copy
     */
    public FolderOptions withDecoding(Decoding rules) {
        return new FolderOptions(side, rules, testFraction, seed, mostSkipped);
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
        return new FolderOptions(side, decoding, OptionalDouble.of(fraction), splitSeed, mostSkipped);
    }

    /**
     * Leaves out files that can't be read, instead of failing, and lists them in {@link Dataset#skipped}. Opening then
     * decodes every file once, on all processors, so that the number of images is known and stays; a file that breaks
     * later is an error when it is read.
     *
     * @param most files in all parts together; one more is an error that names some of them
     * @return a changed copy
     */
    public FolderOptions withSkipping(int most) {
        return new FolderOptions(side, decoding, testFraction, seed, most);
    }
}
