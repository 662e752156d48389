package org.ldae.data.decoding;

import java.awt.image.ComponentSampleModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.util.Arrays;
import java.util.OptionalDouble;
import org.ldae.data.ValueRange;

/** Takes bands from a raster as levels from 0 to 255, one byte a pixel. */
final class RasterBands {

    private static final float WHITE = 255;

    private final Raster raster;
    private final ValueRange range;
    private final OptionalDouble noData;

    RasterBands(Raster raster, ValueRange range, OptionalDouble noData) {
        this.raster = raster;
        this.range = range;
        this.noData = noData;
    }

    byte[] levels(int band) {
        if (raster.getSampleModel() instanceof ComponentSampleModel model
                && raster.getDataBuffer() instanceof DataBufferByte bytes
                && model.getSampleSize(band) == 8) {
            return copy(band, model, bytes);
        }
        float[] values = raster.getSamples(
                raster.getMinX(), raster.getMinY(), raster.getWidth(), raster.getHeight(), band, (float[]) null);
        int bits = raster.getSampleModel().getSampleSize(band);
        int type = raster.getDataBuffer().getDataType();
        boolean wide = bits > 8 || type == DataBuffer.TYPE_SHORT;
        if (!wide || range.kind() == ValueRange.Kind.BIT_DEPTH) {
            return levels(values, fullScale(type, bits));
        }
        float missing = (float) noData.orElse(Double.NaN);
        for (int i = 0; i < values.length; i++) {
            values[i] = values[i] == missing ? Float.NaN : values[i];
        }
        double[] ends =
                range.kind() == ValueRange.Kind.FIXED ? new double[] {range.low(), range.high()} : percentiles(values);
        return stretched(values, ends[0], ends[1]);
    }

    /** A band of alpha, which always runs from 0 to its full scale. */
    byte[] opacity(int band) {
        return new RasterBands(raster, ValueRange.bitDepth(), OptionalDouble.empty()).levels(band);
    }

    /** The usual case, several times faster. */
    private byte[] copy(int band, ComponentSampleModel model, DataBufferByte bytes) {
        int bank = model.getBankIndices()[band];
        byte[] data = bytes.getData(bank);
        int first = bytes.getOffsets()[bank]
                + model.getOffset(
                        raster.getMinX() - raster.getSampleModelTranslateX(),
                        raster.getMinY() - raster.getSampleModelTranslateY(),
                        band);
        int width = raster.getWidth();
        byte[] levels = new byte[width * raster.getHeight()];
        for (int y = 0; y < raster.getHeight(); y++) {
            int from = first + y * model.getScanlineStride();
            int step = model.getPixelStride();
            for (int x = 0; x < width; x++) {
                levels[y * width + x] = data[from + x * step];
            }
        }
        return levels;
    }

    /** The sample that means full brightness. */
    private static float fullScale(int type, int bits) {
        if (type == DataBuffer.TYPE_FLOAT || type == DataBuffer.TYPE_DOUBLE) {
            return 1;
        }
        if (bits > 16 || type == DataBuffer.TYPE_SHORT) {
            throw new UnsupportedOperationException(
                    "samples of %d bits%s have no range of their own; give Decoding.withRange"
                            .formatted(bits, type == DataBuffer.TYPE_SHORT ? " with a sign" : ""));
        }
        return (1 << bits) - 1;
    }

    private static byte[] levels(float[] values, float full) {
        byte[] levels = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            if (!(values[i] >= 0 && values[i] <= full)) {
                throw new UnsupportedOperationException(
                        "expected samples in [0, %s], got %s; give Decoding.withRange".formatted(full, values[i]));
            }
            levels[i] = EightBit.level(values[i] * WHITE / full);
        }
        return levels;
    }

    private static byte[] stretched(float[] values, double low, double high) {
        byte[] levels = new byte[values.length];
        double scale = high > low ? WHITE / (high - low) : 0;
        for (int i = 0; i < values.length; i++) {
            // Clamped before it is rounded; NaN becomes 0.
            double level = Math.max(0, Math.min(WHITE, (values[i] - low) * scale));
            levels[i] = EightBit.level((float) level);
        }
        return levels;
    }

    /** Interpolated linearly between the finite values, as numpy.percentile. */
    private double[] percentiles(float[] values) {
        float[] finite = new float[values.length];
        int count = 0;
        for (float value : values) {
            if (Float.isFinite(value)) {
                finite[count++] = value;
            }
        }
        if (count == 0) {
            throw new UnsupportedOperationException("a band without any measured sample has no percentiles");
        }
        Arrays.sort(finite, 0, count);
        return new double[] {percentile(finite, count, range.low()), percentile(finite, count, range.high())};
    }

    private static double percentile(float[] sorted, int count, double percent) {
        double position = percent / 100 * (count - 1);
        int below = (int) position;
        double next = sorted[Math.min(below + 1, count - 1)];
        return sorted[below] + (position - below) * (next - sorted[below]);
    }
}
