package org.ldae.data;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads images on threads of its own before they are asked for, in bounded memory.
 *
 * <p>What is read does not depend on the threads: item {@code i} is whatever the reader makes of {@code i}. Nothing is
 * read before the first {@link #get}, and taking an item allocates nothing. One thread at a time may take items.
 */
public final class ReadAhead implements AutoCloseable {

    private final Reader reader;
    private final Limits limits;
    private final float[][] slots;
    private final boolean[] ready;
    private final @Nullable Throwable[] failures;
    private long held = -1;
    private long next;
    private long readable;
    private int reading;
    private boolean closed;

    /** Makes an item; called on several threads at once if there are several. */
    @FunctionalInterface
    public interface Reader {

        /**
         * Reads an item.
         *
         * @param item its number, at least 0
         * @param destination filled by it
         */
        void read(long item, float[] destination);
    }

    /**
     * How far and how fast to read ahead.
     *
     * @param items number of items in all; at least 0
     * @param slots items held in memory, that of the caller included; at least 2
     * @param threads that read; at least 1
     */
    public record Limits(long items, int slots, int threads) {

        /**
         * Checks the ranges.
         *
         * @param items at least 0
         * @param slots at least 2
         * @param threads at least 1
         */
        public Limits {
            if (items < 0 || slots < 2 || threads < 1) {
                throw new IllegalArgumentException(
                        "limits: expected items >= 0, slots >= 2 and threads >= 1, got %d, %d and %d"
                                .formatted(items, slots, threads));
            }
        }
    }

    /**
     * Starts the threads, which wait for the first request.
     *
     * @param reader makes the items
     * @param size numbers of an item
     * @param limits how far and how fast
     */
    public ReadAhead(Reader reader, int size, Limits limits) {
        this.reader = reader;
        this.limits = limits;
        this.slots = new float[(int) Math.min(limits.slots, Math.max(2, limits.items))][size];
        this.ready = new boolean[slots.length];
        this.failures = new Throwable[slots.length];
        for (int i = 0; i < limits.threads; i++) {
            Thread thread = new Thread(this::work, "ldae-reader-" + i);
            thread.setDaemon(true);
            thread.start();
        }
    }

    /**
     * Waits for an item, to the end even when interrupted. Reads ahead from there on: taking items in their order is what
     * this class is for; another one starts anew.
     *
     * @param item its number, in [0, items)
     * @return its numbers, valid until the next item is taken
     * @throws RuntimeException or an error that the reader threw for this item; the next call reads it again
     * @throws IllegalStateException if this is closed
     */
    public synchronized float[] get(long item) {
        Objects.checkIndex(item, limits.items);
        if (closed) {
            throw new IllegalStateException("read-ahead: closed");
        }
        if (item != held && item != held + 1) {
            restart(item);
        }
        held = item;
        // Threads wake for half the slots at a time rather than for every item.
        if (next - held <= slots.length / 2) {
            readable = Math.min(limits.items, held + slots.length);
            notifyAll();
        }
        int slot = slot(item);
        boolean interrupted = false;
        while (next <= item || !ready[slot]) {
            interrupted |= pause();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        throwFailure(item);
        return slots[slot];
    }

    private void throwFailure(long item) {
        Throwable failure = failures[slot(item)];
        if (failure == null) {
            return;
        }
        restart(item);
        if (failure instanceof RuntimeException thrown) {
            throw thrown;
        }
        if (failure instanceof Error thrown) {
            throw thrown;
        }
        throw new IllegalStateException("a reader failed", failure);
    }

    private void restart(long item) {
        readable = 0;
        awaitReaders();
        next = item;
        held = item - 1;
    }

    private void awaitReaders() {
        boolean interrupted = false;
        while (reading > 0) {
            interrupted |= pause();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether the thread was interrupted, which clears that status. */
    @SuppressWarnings("WaitNotInLoop") // its callers loop
    private boolean pause() {
        try {
            wait();
            return false;
        } catch (InterruptedException e) {
            return true;
        }
    }

    private int slot(long item) {
        return (int) (item % slots.length);
    }

    private void work() {
        for (long item = claim(); item >= 0; item = claim()) {
            Throwable failure = null;
            try {
                reader.read(item, slots[slot(item)]);
            } catch (Throwable e) {
                failure = e; // for the caller to throw
            }
            done(slot(item), failure);
        }
    }

    /** The next item to read, -1 at the end. */
    private synchronized long claim() {
        while (!closed && next >= readable) {
            pause();
        }
        if (closed) {
            return -1;
        }
        reading++;
        ready[slot(next)] = false;
        return next++;
    }

    private synchronized void done(int slot, @Nullable Throwable failure) {
        reading--;
        ready[slot] = true;
        failures[slot] = failure;
        notifyAll();
    }

    /** Ends the threads; returns when none of them reads any more. */
    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
        awaitReaders();
    }
}
