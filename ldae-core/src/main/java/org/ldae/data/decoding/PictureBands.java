package org.ldae.data.decoding;

import java.util.Arrays;
import java.util.OptionalDouble;
import org.ldae.data.ValueRange;

/** The bands of a decoded picture, of which levels from 0 to 255 are made, one byte a pixel. */
abstract class PictureBands {

    private static final float WHITE = 255;

    final int height;
    final int width;
    /** Number of bands. */
    final int count;

    /** What a sample's number means. */
    enum Kind {
        UNSIGNED,
        SIGNED,
        FRACTION
    }

    PictureBands(int height, int width, int count) {
        this.height = height;
        this.width = width;
        this.count = count;
    }

    abstract int bits(int band);

    abstract Kind kind();

    /** All samples of a band, a new array. */
    abstract float[] values(int band);

    /** A band whose samples are levels already. */
    abstract byte[] bytes(int band);

    final byte[] levels(int band, ValueRange range, OptionalDouble noData) {
        if (bits(band) == 8 && kind() == Kind.UNSIGNED) {
            return bytes(band);
        }
        float[] values = values(band);
        boolean wide = bits(band) > 8 || kind() != Kind.UNSIGNED;
        if (!wide || range.kind() == ValueRange.Kind.BIT_DEPTH) {
            return levels(values, fullScale(bits(band)));
        }
        float missing = (float) noData.orElse(Double.NaN);
        for (int i = 0; i < values.length; i++) {
            values[i] = values[i] == missing ? Float.NaN : values[i];
        }
        boolean fixed = range.kind() == ValueRange.Kind.FIXED;
        double[] ends = fixed ? new double[] {range.low(), range.high()} : percentiles(values, range);
        return clamped(values, ends[0], ends[1]);
    }

    /** A band of alpha, which always runs from 0 to its full scale. */
    final byte[] opacity(int band) {
        return levels(band, ValueRange.bitDepth(), OptionalDouble.empty());
    }

    /** The sample that means full brightness. */
    private float fullScale(int bits) {
        if (kind() == Kind.FRACTION) {
            return 1;
        }
        if (bits > 16 || kind() == Kind.SIGNED) {
            throw new UnsupportedOperationException(
                    "samples of %d bits%s have no range of their own; give Decoding.withRange"
                            .formatted(bits, kind() == Kind.SIGNED ? " with a sign" : ""));
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

    private static byte[] clamped(float[] values, double low, double high) {
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
    private static double[] percentiles(float[] values, ValueRange range) {
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
