package org.ldae.core;

import java.util.function.Supplier;

/**
 * Counts who is at work on memory, so that closing waits for nobody and crashes nobody: the last user frees. Safe to share
 * between threads.
 */
public final class Lifetime implements AutoCloseable {

    private final String owner;
    private final Runnable free;
    private int users;
    private boolean closed;

    /**
     * A lifetime that begins now.
     *
     * @param owner what is closed, for messages
     * @param free frees the memory; called once
     */
    public Lifetime(String owner, Runnable free) {
        this.owner = owner;
        this.free = free;
    }

    /**
     * Works on the memory, which is not freed before the work ends.
     *
     * @param work what to do
     * @param <T> type of its result
     * @return what it returned
     * @throws IllegalStateException if the memory is closed
     */
    public <T> T use(Supplier<T> work) {
        enter();
        try {
            return work.get();
        } finally {
            leave();
        }
    }

    private synchronized void enter() {
        if (closed) {
            throw new IllegalStateException(owner + " is closed");
        }
        users++;
    }

    private void leave() {
        boolean last;
        synchronized (this) {
            users--;
            last = closed && users == 0;
        }
        if (last) {
            free.run();
        }
    }

    /** Refuses new users, and frees the memory once the last has left. */
    @Override
    public void close() {
        boolean last;
        synchronized (this) {
            last = !closed && users == 0;
            closed = true;
        }
        if (last) {
            free.run();
        }
    }
}
