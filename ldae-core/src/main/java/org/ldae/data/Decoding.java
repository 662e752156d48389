package org.ldae.data;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/**
 * How the samples of an image file become channels of 256 levels.
 *
 * <p>Rules: EXIF and TIFF orientations are applied; of several images in a file the first is read; colour profiles are
 * ignored; grey is repeated where three channels are wanted, and colours become the luma 0.299 R + 0.587 G + 0.114 B
 * (ITU-R BT.601) where one is; inks (CMYK) become (1 - ink)(1 - black); palettes are resolved; a TIFF's bands beyond its
 * colours are left out unless they are its alpha band or {@link #ofBands} asks for them.
 *
 * @param channels 3 for red, green and blue, 1 for grey, or the number of bands
 * @param bands the file's bands that become the channels, counted from 0; empty for its colours
 * @param range which values of wide, signed or fractional samples become black and full brightness
 * @param background colour 0xRRGGBB that shows through transparent pixels; empty to ignore transparency; without meaning
 *     for chosen bands
 * @param maxPixels most pixels of a file, above which it is refused before memory is taken; bands beyond four count as
 *     further pixels
 */
public record Decoding(int channels, List<Integer> bands, ValueRange range, OptionalInt background, long maxPixels) {

    private static final int WHITE = 0xffffff;

    /** A quarter of a gigabyte of red, green and blue, as Pillow's limit. */
    private static final long MAX_PIXELS = (1 << 30) / 4 / 3;

    /**
     * Checks channels, bands, colour and limit.
     *
     * @param channels 3, 1 or the number of bands
     * @param bands bands that become the channels, counted from 0; empty for the file's colours
     * @param range which values become black and full brightness
     * @param background colour 0xRRGGBB behind transparent pixels; empty to ignore transparency
     * @param maxPixels most pixels of a file, at least 1
     */
    public Decoding {
        bands = List.copyOf(bands);
        if (bands.isEmpty() ? channels != 1 && channels != 3 : channels != bands.size()) {
            throw new IllegalArgumentException(
                    "channels: expected 1 (grey), 3 (red, green, blue) or one for each of the bands %s, got %d"
                            .formatted(bands, channels));
        }
        if (bands.stream().anyMatch(band -> band < 0)) {
            throw new IllegalArgumentException("bands: expected numbers counted from 0, got " + bands);
        }
        if (background.isPresent() && (background.getAsInt() & ~WHITE) != 0) {
            throw new IllegalArgumentException(
                    "background: expected a colour 0xRRGGBB, got 0x%x".formatted(background.getAsInt()));
        }
        if (maxPixels < 1) {
            throw new IllegalArgumentException("maxPixels: expected at least 1, got " + maxPixels);
        }
    }

    /**
     * Red, green and blue; values by bit depth, white behind transparent pixels, files of at most 89 million pixels.
     *
     * @return the default
     */
    public static Decoding colour() {
        return new Decoding(3, List.of(), ValueRange.bitDepth(), OptionalInt.of(WHITE), MAX_PIXELS);
    }

    /**
     * One grey channel, otherwise as {@link #colour}.
     *
     * @return the options
     */
    public static Decoding grey() {
        return new Decoding(1, List.of(), ValueRange.bitDepth(), OptionalInt.of(WHITE), MAX_PIXELS);
    }

    /**
     * The given bands as they are, an alpha band among them if it is named: for pictures of more or other bands than
     * red, green and blue. A file that lacks one is an error when it is read.
     *
     * @param bands numbers counted from 0, in the order of the channels, at least one
     * @return the options
     */
    public static Decoding ofBands(int... bands) {
        if (bands.length == 0) {
            throw new IllegalArgumentException("bands: expected at least one, got none");
        }
        List<Integer> chosen = Arrays.stream(bands).boxed().toList();
        return new Decoding(bands.length, chosen, ValueRange.bitDepth(), OptionalInt.empty(), MAX_PIXELS);
    }

    /**
     * Other ends for samples of more than 8 bits, with a sign or a fraction.
     *
     * @param ends what becomes black and full brightness
     * @return a changed copy
     */
    public Decoding withRange(ValueRange ends) {
        return new Decoding(channels, bands, ends, background, maxPixels);
    }

    /**
     * Another colour behind transparent pixels.
     *
     * @param colour 0xRRGGBB
     * @return a changed copy
     * @throws IllegalArgumentException if these options choose bands, which are never laid over a colour
     */
    public Decoding withBackground(int colour) {
        if (!bands.isEmpty()) {
            throw new IllegalArgumentException(
                    "background: the chosen bands %s are taken as they are".formatted(bands));
        }
        return new Decoding(channels, bands, range, OptionalInt.of(colour), maxPixels);
    }

    /**
     * Ignores transparency: what colour transparent pixels have is up to the program that wrote the file.
     *
     * @return a changed copy
     */
    public Decoding withoutTransparency() {
        return new Decoding(channels, bands, range, OptionalInt.empty(), maxPixels);
    }

    /**
     * Another limit on the size of files.
     *
     * @param most pixels, at least 1
     * @return a changed copy
     */
    public Decoding withMaxPixels(long most) {
        return new Decoding(channels, bands, range, background, most);
    }
}
