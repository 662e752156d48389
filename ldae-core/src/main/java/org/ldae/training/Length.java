package org.ldae.training;

import java.util.Locale;

/**
 * How long a training lasts.
 *
 * @param count epochs, steps or operations, at least 1
 * @param unit which of them
 */
public record Length(long count, Unit unit) {

    /** What is counted. */
    public enum Unit {
        /** Passes over all images, less an incomplete last batch. */
        EPOCHS,
        /** Batches. */
        STEPS,
        /** Floating-point operations of products, forward and backward: a budget, which becomes steps when training starts. */
        FLOPS
    }

    /**
     * Checks the count.
     *
     * @param count epochs, steps or operations, at least 1
     * @param unit which of them
     */
    public Length {
        if (count < 1) {
            throw new IllegalArgumentException(
                    "training: expected %1$s >= 1, got %2$d %1$s".formatted(name(unit), count));
        }
    }

    private static String name(Unit unit) {
        return switch (unit) {
            case EPOCHS -> "epochs";
            case STEPS -> "steps";
            case FLOPS -> "FLOPs";
        };
    }

    /**
     * Steps of some of its units.
     *
     * @param units epochs or steps, at least 0
     * @param perEpoch steps of an epoch
     * @return the nearest whole number
     * @throws IllegalStateException for operations, which only a training that has its network can turn into steps
     */
    public long steps(double units, int perEpoch) {
        if (unit == Unit.FLOPS) {
            throw new IllegalStateException(
                    "training: a budget of %s has no steps before it is known what an image costs; Training.inSteps tells"
                            .formatted(this));
        }
        return Math.round(unit == Unit.EPOCHS ? units * perEpoch : units);
    }

    @Override
    public String toString() {
        String number = unit == Unit.FLOPS ? String.format(Locale.ROOT, "%.3g", (double) count) : "" + count;
        return number + " " + name(unit);
    }
}
