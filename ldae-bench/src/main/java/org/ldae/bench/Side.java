package org.ldae.bench;

import java.io.IOException;

/** One of two that are timed in turn. */
@FunctionalInterface
interface Side {

    /**
     * How long a turn lasts.
     *
     * @param warmUp seconds before the clock starts, at least one iteration: caches fill, and the other side's threads stop
     *     spinning
     * @param timed least seconds on the clock, at least one iteration
     */
    record Turn(double warmUp, double timed) {
        /** Some iterations of the slowest tasks, thousands of the fastest. */
        static final Turn USUAL = new Turn(0.3, 1);

        /** Both sides get going; what it measures does not count. */
        static final Turn FIRST = new Turn(1, 0);
    }

    /** Takes a turn; returns the mean seconds of an iteration. */
    double take(Turn turn) throws IOException;

    /** The side that runs in this process. */
    static Side local(Runnable iteration) {
        return turn -> time(iteration, turn);
    }

    /** Mean seconds of an iteration in this process. */
    static double time(Runnable iteration, Turn turn) {
        repeat(iteration, turn.warmUp());
        return repeat(iteration, turn.timed());
    }

    private static double repeat(Runnable iteration, double leastSeconds) {
        long began = System.nanoTime();
        int count = 0;
        double seconds;
        do {
            iteration.run();
            count++;
            seconds = (System.nanoTime() - began) / 1e9;
        } while (seconds < leastSeconds);
        return seconds / count;
    }
}
