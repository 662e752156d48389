package org.ldae.data;

/**
 * Which sample values become black and which full brightness, so -1 and 1, where a file's samples have more than 8 bits,
 * a sign or a fraction. Samples of at most 8 bits always run from 0 to the largest number of their bits.
 *
 * <p>Values between the two ends are mapped linearly, those outside are clamped. With {@link Kind#FIXED} and
 * {@link Kind#PERCENTILES} samples that are NaN, or that a GeoTIFF's GDAL_NODATA field declares unmeasured, become black.
 *
 * @param kind what low and high are
 * @param low what becomes black: a sample value, or a percentile in [0, 100]
 * @param high what becomes full brightness, more than low
 */
public record ValueRange(Kind kind, double low, double high) {

    /** What the ends of a range are. */
    public enum Kind {
        /** From 0 to the largest number of the samples' bits, 65535 for 16; from 0 to 1 for floating-point samples. */
        BIT_DEPTH,
        /** The same sample values for every image. */
        FIXED,
        /** Percentiles of each band of each image. */
        PERCENTILES
    }

    /**
     * Checks the ends.
     *
     * @param kind what low and high are
     * @param low what becomes black
     * @param high what becomes full brightness
     */
    public ValueRange {
        boolean percentiles = kind == Kind.PERCENTILES;
        if (!(low < high && Double.isFinite(high - low)) || (percentiles && !(low >= 0 && high <= 100))) {
            throw new IllegalArgumentException("range: expected finite low < high%s, got %s and %s"
                    .formatted(percentiles ? " in [0, 100]" : "", low, high));
        }
    }

    /**
     * From 0 to the largest number of the samples' bits; from 0 to 1 for floating-point samples. Signed samples, 32-bit
     * integers and fractions outside [0, 1] have no such range and are an error.
     *
     * @return the default
     */
    public static ValueRange bitDepth() {
        return new ValueRange(Kind.BIT_DEPTH, 0, 1);
    }

    /**
     * The same range for every image: what measurements such as reflectances, heights or temperatures want.
     *
     * @param low sample value that becomes black
     * @param high sample value that becomes full brightness, more than low
     * @return the range
     */
    public static ValueRange fixed(double low, double high) {
        return new ValueRange(Kind.FIXED, low, high);
    }

    /**
     * Stretches each band of each image by itself, interpolating linearly between its measured samples: for pictures
     * of unknown scale. It makes images of one scene under different light alike, and their levels incomparable.
     *
     * @param low percentile that becomes black, such as 2, at least 0
     * @param high percentile that becomes full brightness, such as 98, at most 100
     * @return the range
     */
    public static ValueRange percentiles(double low, double high) {
        return new ValueRange(Kind.PERCENTILES, low, high);
    }
}
