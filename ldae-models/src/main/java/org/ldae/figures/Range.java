package org.ldae.figures;

/** The numbers an axis shows, from low to high, evenly or by their logarithm. */
record Range(double low, double high, boolean logarithmic) {

    /** The smallest range that holds all values, which must be positive on a logarithmic axis. */
    static Range of(String name, double[] values, boolean logarithmic) {
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (double value : values) {
            if (logarithmic && value <= 0) {
                throw new IllegalArgumentException(
                        "%s: expected positive numbers on a logarithmic axis, got %s; leave it out or use a linear axis"
                                .formatted(name, value));
            }
            low = Math.min(low, value);
            high = Math.max(high, value);
        }
        return new Range(low, high, logarithmic);
    }

    /** Where a value lies between low (0) and high (1). */
    double share(double value) {
        return (scaled(value) - scaled(low)) / (scaled(high) - scaled(low));
    }

    /** With some space at both ends, and never empty. */
    Range padded(double share) {
        boolean single = high - low <= 1e-9 * Math.max(Math.abs(low), Math.abs(high));
        if (logarithmic) {
            double factor = single ? 2 : Math.pow(high / low, share);
            return new Range(low / factor, high * factor, true);
        }
        double space = !single ? share * (high - low) : low == 0 ? 1 : 0.1 * Math.abs(low);
        return new Range(low - space, high + space, false);
    }

    /** With ends replaced by those that are finite. */
    Range between(double newLow, double newHigh) {
        double from = Double.isFinite(newLow) ? newLow : low;
        double to = Double.isFinite(newHigh) ? newHigh : high;
        if (!(from < to)) {
            throw new IllegalArgumentException(
                    "range: expected ends around some of the data, %s to %s, got %s to %s; set both ends"
                            .formatted(low, high, newLow, newHigh));
        }
        return new Range(from, to, logarithmic);
    }

    private double scaled(double value) {
        return logarithmic ? Math.log(value) : value;
    }
}
