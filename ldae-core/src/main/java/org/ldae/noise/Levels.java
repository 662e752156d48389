package org.ldae.noise;

/** Checks that the schedules share. */
final class Levels {

    private Levels() {}

    static double requireTime(double t) {
        if (!(t >= 0 && t <= 1)) {
            throw new IllegalArgumentException("t: expected a time in [0, 1], got " + t);
        }
        return t;
    }

    static void requirePositive(String name, double value) {
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(name + ": expected a positive number, got " + value);
        }
    }
}
