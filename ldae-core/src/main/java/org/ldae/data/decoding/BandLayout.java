package org.ldae.data.decoding;

import java.awt.color.ColorSpace;
import java.awt.image.ColorModel;
import java.util.stream.IntStream;

/**
 * What the bands of a picture are.
 *
 * @param colours the first bands: 1 for grey, 3 for red, green and blue, 4 for cyan, magenta, yellow and black
 * @param alpha the band of opacity, -1 for none
 * @param premultiplied whether the colours are multiplied by alpha already
 */
record BandLayout(int colours, int alpha, boolean premultiplied) {

    private static final int NONE = -1;
    private static final int INKS = 5;
    private static final int PREMULTIPLIED = 1;
    private static final int NOT_PREMULTIPLIED = 2;

    /** As the reader declares them. */
    static BandLayout of(ColorModel model, int bands) {
        int colours = bands - (model.hasAlpha() ? 1 : 0);
        boolean inks = colours == 4 && model.getColorSpace().getType() == ColorSpace.TYPE_CMYK;
        if (colours != 1 && colours != 3 && !inks) {
            throw undeclared(colours);
        }
        return new BandLayout(colours, model.hasAlpha() ? colours : NONE, model.isAlphaPremultiplied());
    }

    /** As the file declares them: readers take any fourth band for alpha. */
    static BandLayout of(TiffDirectory tiff, int bands) {
        int colours = colours((int) tiff.get(TiffDirectory.PHOTOMETRIC, 1), bands);
        long[] extra = tiff.all(TiffDirectory.EXTRA_BANDS);
        int first = IntStream.range(0, extra.length)
                .filter(i -> extra[i] == PREMULTIPLIED || extra[i] == NOT_PREMULTIPLIED)
                .findFirst()
                .orElse(NONE);
        boolean transparent = first != NONE && colours + first < bands;
        if (colours == 1 && bands > (transparent ? 2 : 1)) {
            throw undeclared(bands);
        }
        return transparent
                ? new BandLayout(colours, colours + first, extra[first] == PREMULTIPLIED)
                : new BandLayout(colours, NONE, false);
    }

    private static int colours(int photometric, int bands) {
        if (photometric <= 1) {
            return 1;
        }
        if (bands < 3) {
            throw undeclared(bands);
        }
        return photometric == INKS && bands > 3 ? 4 : 3;
    }

    private static UnsupportedOperationException undeclared(int bands) {
        return new UnsupportedOperationException(
                "%d bands that aren't declared grey or red, green and blue; choose some with Decoding.ofBands"
                        .formatted(bands));
    }
}
