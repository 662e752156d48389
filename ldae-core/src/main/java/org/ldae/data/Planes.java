package org.ldae.data;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentSampleModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Path;

/**
 * An image as float planes on the scale from 0 to 255, taken from the raster's samples: Java's own conversion would
 * change grey values, as it takes them for linear light.
 */
final class Planes {

    static final float WHITE = 255;

    final int height;
    final int width;
    final float[][] values;

    Planes(int height, int width, float[][] values) {
        this.height = height;
        this.width = width;
        this.values = values;
    }

    /** Three planes or one from an image of any kind; what is transparent shows white, colour profiles are ignored. */
    static Planes read(Path file, int channels) throws IOException {
        BufferedImage image = ImageFile.decode(file);
        try {
            return of(image, channels);
        } catch (UnsupportedOperationException e) {
            throw new IOException(file + ": " + e.getMessage() + "; convert the file to 8 bits grey or RGB", e);
        }
    }

    static Planes of(BufferedImage image, int channels) {
        ColorModel model = image.getColorModel();
        float[][] bands =
                model instanceof IndexColorModel palette ? colours(image, palette) : samples(image.getRaster());
        int colours = bands.length - (model.hasAlpha() ? 1 : 0);
        float[][] planes = new float[colours][];
        for (int c = 0; c < colours; c++) {
            planes[c] = model.hasAlpha() ? onWhite(bands[c], bands[colours], model.isAlphaPremultiplied()) : bands[c];
        }
        if (colours == 4 && model.getColorSpace().getType() == ColorSpace.TYPE_CMYK) {
            planes = fromInks(planes);
        } else if (colours != 1 && colours != 3) {
            throw new UnsupportedOperationException("expected 1 or 3 colour bands, got " + colours);
        }
        return new Planes(image.getHeight(), image.getWidth(), toChannels(planes, channels));
    }

    private static float[][] toChannels(float[][] planes, int channels) {
        if (planes.length == channels) {
            return planes;
        }
        if (channels == 3) {
            return new float[][] {planes[0], planes[0], planes[0]};
        }
        float[] luma = new float[planes[0].length];
        for (int i = 0; i < luma.length; i++) {
            luma[i] = (float) (0.299 * planes[0][i] + 0.587 * planes[1][i] + 0.114 * planes[2][i]);
        }
        return new float[][] {luma};
    }

    private static float[][] colours(BufferedImage image, IndexColorModel palette) {
        int[] indices = image.getRaster().getSamples(0, 0, image.getWidth(), image.getHeight(), 0, (int[]) null);
        float[][] bands = new float[palette.hasAlpha() ? 4 : 3][indices.length];
        for (int i = 0; i < indices.length; i++) {
            bands[0][i] = palette.getRed(indices[i]);
            bands[1][i] = palette.getGreen(indices[i]);
            bands[2][i] = palette.getBlue(indices[i]);
            if (palette.hasAlpha()) {
                bands[3][i] = palette.getAlpha(indices[i]);
            }
        }
        return bands;
    }

    private static float[][] samples(Raster raster) {
        float[][] bands = new float[raster.getNumBands()][];
        if (raster.getSampleModel() instanceof ComponentSampleModel
                && raster.getTransferType() == DataBuffer.TYPE_BYTE) {
            return bytes(raster);
        }
        for (int b = 0; b < bands.length; b++) {
            bands[b] = raster.getSamples(
                    raster.getMinX(), raster.getMinY(), raster.getWidth(), raster.getHeight(), b, (float[]) null);
            float full = fullScale(raster, b);
            for (int i = 0; i < bands[b].length; i++) {
                float value = bands[b][i];
                if (!(value >= 0 && value <= full)) {
                    throw new UnsupportedOperationException(
                            "expected samples in [0, %s], got %s".formatted(full, value));
                }
                bands[b][i] = full == WHITE ? value : value * WHITE / full;
            }
        }
        return bands;
    }

    /** The same for the usual files, several times faster. */
    private static float[][] bytes(Raster raster) {
        byte[] pixels = (byte[])
                raster.getDataElements(raster.getMinX(), raster.getMinY(), raster.getWidth(), raster.getHeight(), null);
        int count = raster.getNumBands();
        float[][] bands = new float[count][pixels.length / count];
        for (int b = 0; b < count; b++) {
            for (int i = 0; i < bands[b].length; i++) {
                bands[b][i] = pixels[i * count + b] & 0xff;
            }
        }
        return bands;
    }

    /** The sample that means full brightness: Java's convention for floating-point samples is 1. */
    private static float fullScale(Raster raster, int band) {
        int type = raster.getDataBuffer().getDataType();
        if (type == DataBuffer.TYPE_FLOAT || type == DataBuffer.TYPE_DOUBLE) {
            return 1;
        }
        int bits = raster.getSampleModel().getSampleSize(band);
        if (bits > 16 || type == DataBuffer.TYPE_SHORT) {
            throw new UnsupportedOperationException("expected unsigned samples of at most 16 bits, got %d bits%s"
                    .formatted(bits, type == DataBuffer.TYPE_SHORT ? " with a sign" : ""));
        }
        return (1 << bits) - 1;
    }

    private static float[] onWhite(float[] plane, float[] alpha, boolean premultiplied) {
        float[] shown = new float[plane.length];
        for (int i = 0; i < shown.length; i++) {
            float a = alpha[i] / WHITE;
            shown[i] = Math.min(WHITE, premultiplied ? plane[i] : plane[i] * a) + WHITE * (1 - a);
        }
        return shown;
    }

    /** Cyan, magenta, yellow and black to red, green and blue, without a profile. */
    private static float[][] fromInks(float[][] inks) {
        float[][] planes = new float[3][inks[0].length];
        for (int c = 0; c < 3; c++) {
            for (int i = 0; i < planes[c].length; i++) {
                planes[c][i] = (WHITE - inks[c][i]) * (WHITE - inks[3][i]) / WHITE;
            }
        }
        return planes;
    }
}
