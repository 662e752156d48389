package org.ldae.training;

/**
 * How long a training lasts.
 *
 * @param count epochs or steps, at least 1
 * @param unit which of the two
 */
public record Length(int count, Unit unit) {

    /** What is counted. */
    public enum Unit {
        /** Passes over all images, less an incomplete last batch. */
        EPOCHS,
        /** Batches. */
        STEPS
    }

    /**
     * Checks the count.
     *
     * @param count epochs or steps, at least 1
     * @param unit which of the two
     */
    public Length {
        if (count < 1) {
            throw new IllegalArgumentException(
                    "training: expected %1$s >= 1, got %2$d %1$s".formatted(name(unit), count));
        }
    }

    private static String name(Unit unit) {
        return unit == Unit.EPOCHS ? "epochs" : "steps";
    }

    /**
     * Steps of some of its units.
     *
     * @param units epochs or steps, at least 0
     * @param perEpoch steps of an epoch
     * @return the nearest whole number
     */
    public long steps(double units, int perEpoch) {
        return Math.round(unit == Unit.EPOCHS ? units * perEpoch : units);
    }

    @Override
    public String toString() {
        return count + " " + name(unit);
    }
}
