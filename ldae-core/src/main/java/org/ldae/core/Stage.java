package org.ldae.core;

import java.util.Map;
import java.util.concurrent.CancellationException;

/**
 * Tells a listener where a stage of some work stands: the time since it began, and the time left at the pace of late. Belongs
 * to one thread.
 */
public final class Stage {

    /** A first unit that took longer tells how long the others take. */
    private static final double COLD_SECONDS = 5;

    private final String name;
    private final long total;
    private final Progress progress;
    private final long began = System.nanoTime();
    private long done;
    private Mark from;
    private Mark next;

    /** Units done after some seconds. */
    private record Mark(long done, double seconds) {}

    /**
     * A stage that begins now.
     *
     * @param name what is being done
     * @param total units in all; less than 0 if that is not known
     * @param progress who is told
     */
    public Stage(String name, long total, Progress progress) {
        this(name, 0, total, progress);
    }

    /**
     * A stage that goes on.
     *
     * @param name what is being done
     * @param done units that were finished before
     * @param total units in all
     * @param progress who is told
     */
    public Stage(String name, long done, long total, Progress progress) {
        this.name = name;
        this.done = done;
        this.total = total;
        this.progress = progress;
        this.from = new Mark(done, 0);
        this.next = from;
    }

    /**
     * Tells how much is done.
     *
     * @param finished units
     */
    public void at(long finished) {
        at(finished, Map.of());
    }

    /**
     * Tells that another unit is done, and more.
     *
     * @param numbers what else is known
     */
    public void next(Map<Progress.Quantity, Double> numbers) {
        at(done + 1, numbers);
    }

    /**
     * Tells that all is done, even if units were skipped, and more.
     *
     * @param numbers what else is known
     */
    public void finish(Map<Progress.Quantity, Double> numbers) {
        at(total, numbers);
    }

    /**
     * Tells how much is done, and more.
     *
     * @param finished units
     * @param numbers what else is known
     */
    public void at(long finished, Map<Progress.Quantity, Double> numbers) {
        done = finished;
        double seconds = (System.nanoTime() - began) / 1e9;
        // The pace is that of the last half of the time or more, and never of the first unit, which meets cold code.
        if (from.seconds == 0 || seconds >= 2 * next.seconds) {
            from = next;
            next = new Mark(done, seconds);
        }
        boolean cold = from.seconds == 0 && seconds < COLD_SECONDS;
        double left = done == total ? 0 : done > total || cold ? Double.NaN : (total - done) / pace(seconds);
        progress.update(new Progress.Event(name, "", done, Math.max(total, done), seconds, left, numbers));
    }

    /**
     * Gives up if nobody waits any longer.
     *
     * @throws CancellationException if this thread is interrupted, which it stays
     */
    public void requireWanted() {
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException(
                    "%s: interrupted after %d of %d; nothing is kept".formatted(name, done, Math.max(total, done)));
        }
    }

    private double pace(double seconds) {
        return done == from.done ? Double.NaN : (done - from.done) / (seconds - from.seconds);
    }

    /**
     * Units a second, of late.
     *
     * @return NaN until known
     */
    public double pace() {
        return pace((System.nanoTime() - began) / 1e9);
    }
}
