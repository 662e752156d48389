package org.ldae.data.decoding;

import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.ldae.data.Decoding;

/** Makes an image's bands, whatever they are, into the channels that are asked for. */
public final class Colours {

    private final PictureBands picture;
    private final Decoding decoding;

    private Colours(PictureBands picture, Decoding decoding) {
        this.picture = picture;
        this.decoding = decoding;
    }

    /** One plane of levels a channel. */
    static byte[][] of(ImageFile.Decoded decoded, Decoding decoding) {
        Colours colours = new Colours(decoded.bands(), decoding);
        Optional<TiffDirectory> tiff = decoded.header().tiff();
        Optional<IndexColorModel> palette = decoded.model()
                .or(() -> tiff.flatMap(TiffDirectory::palette))
                .filter(IndexColorModel.class::isInstance)
                .map(IndexColorModel.class::cast);
        return palette.isPresent() ? colours.fromPalette(palette.get()) : colours.fromSamples(tiff, decoded.model());
    }

    private byte[][] fromSamples(Optional<TiffDirectory> tiff, Optional<ColorModel> model) {
        OptionalDouble noData = tiff.map(TiffDirectory::noData).orElse(OptionalDouble.empty());
        int count = picture.count;
        if (!decoding.bands().isEmpty()) {
            return chosen(count).stream().map(band -> levels(band, noData)).toArray(byte[][]::new);
        }
        // A reader that gives another number of bands than the file has made colours of them.
        BandLayout layout = tiff.filter(directory -> model.isEmpty() || directory.get(TiffDirectory.BANDS, 1) == count)
                .map(directory -> BandLayout.of(directory, count))
                .orElseGet(() -> BandLayout.of(model.orElseThrow(), count));
        byte[][] bands = new byte[layout.colours()][];
        Arrays.setAll(bands, band -> levels(band, noData));
        byte[][] colours = layout.colours() == 4 ? fromInks(bands) : bands;
        return layout.alpha() >= 0 && decoding.background().isPresent()
                ? channels(over(colours, picture.opacity(layout.alpha()), layout.premultiplied()))
                : channels(colours);
    }

    private byte[] levels(int band, OptionalDouble noData) {
        return picture.levels(band, decoding.range(), noData);
    }

    private byte[][] fromPalette(IndexColorModel palette) {
        float[] indices = picture.values(0);
        int[] colours = new int[palette.getMapSize()];
        palette.getRGBs(colours);
        byte[][] bands = new byte[palette.hasAlpha() ? 4 : 3][indices.length];
        for (int i = 0; i < indices.length; i++) {
            int index = (int) indices[i];
            if (index >= colours.length) {
                throw new UnsupportedOperationException(
                        "expected one of the %d colours of the palette, got %d".formatted(colours.length, index));
            }
            for (int band = 0; band < bands.length; band++) {
                bands[band][i] = (byte) (colours[index] >> (band == 3 ? 24 : 16 - 8 * band));
            }
        }
        if (!decoding.bands().isEmpty()) {
            return chosen(bands.length).stream().map(band -> bands[band]).toArray(byte[][]::new);
        }
        byte[][] opaque = Arrays.copyOf(bands, 3);
        return channels(
                bands.length == 4 && decoding.background().isPresent() ? over(opaque, bands[3], false) : opaque);
    }

    /** What shows where a picture doesn't cover its canvas, one level a channel. */
    static byte[] behind(Decoding decoding) {
        int colour = decoding.background().orElse(0);
        byte[][] one = {{(byte) (colour >> 16)}, {(byte) (colour >> 8)}, {(byte) colour}};
        byte[] behind = new byte[decoding.channels()];
        if (decoding.bands().isEmpty()) {
            for (int c = 0; c < behind.length; c++) {
                behind[c] = behind.length == 1 ? luma(one)[0] : one[c][0];
            }
        }
        return behind;
    }

    private List<Integer> chosen(int count) {
        for (int band : decoding.bands()) {
            if (band >= count) {
                throw new UnsupportedOperationException(
                        "expected a band %d, counted from 0, got %d bands".formatted(band, count));
            }
        }
        return decoding.bands();
    }

    /** The colours laid over the background. */
    private byte[][] over(byte[][] colours, byte[] alpha, boolean premultiplied) {
        int background = decoding.background().orElseThrow();
        boolean grey = colours.length == 1 && background == (background & 0xff) * 0x010101;
        byte[][] shown = new byte[grey ? 1 : 3][alpha.length];
        for (int c = 0; c < shown.length; c++) {
            byte[] plane = colours[colours.length == 1 ? 0 : c];
            int behind = (background >> (16 - 8 * c)) & 0xff;
            for (int i = 0; i < alpha.length; i++) {
                float a = (alpha[i] & 0xff) / 255f;
                float value = plane[i] & 0xff;
                shown[c][i] = EightBit.level((premultiplied ? value : value * a) + behind * (1 - a));
            }
        }
        return shown;
    }

    private byte[][] channels(byte[][] planes) {
        if (planes.length == decoding.channels()) {
            return planes;
        }
        return decoding.channels() == 3 ? new byte[][] {planes[0], planes[0], planes[0]} : new byte[][] {luma(planes)};
    }

    private static byte[] luma(byte[][] planes) {
        byte[] luma = new byte[planes[0].length];
        for (int i = 0; i < luma.length; i++) {
            double red = 0.299 * (planes[0][i] & 0xff);
            luma[i] = EightBit.level((float) (red + 0.587 * (planes[1][i] & 0xff) + 0.114 * (planes[2][i] & 0xff)));
        }
        return luma;
    }

    /** Cyan, magenta, yellow and black to red, green and blue, without a profile. */
    private static byte[][] fromInks(byte[][] inks) {
        byte[][] planes = new byte[3][inks[0].length];
        for (int c = 0; c < 3; c++) {
            for (int i = 0; i < planes[c].length; i++) {
                int light = (255 - (inks[c][i] & 0xff)) * (255 - (inks[3][i] & 0xff));
                planes[c][i] = EightBit.level(light / 255f);
            }
        }
        return planes;
    }
}
