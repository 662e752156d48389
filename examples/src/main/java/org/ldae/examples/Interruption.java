package org.ldae.examples;

/** Turns Ctrl-C into an interrupt of the main thread, and holds the exit back until it has saved its work. */
final class Interruption implements AutoCloseable {

    private final Thread main = Thread.currentThread();
    private final Thread hook = new Thread(this::interrupt, "ldae-ctrl-c");
    private volatile boolean came;
    private volatile boolean closed;

    private Interruption() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Starts to listen; close it when the work is done. */
    static Interruption onCtrlC() {
        return new Interruption();
    }

    private void interrupt() {
        came = true;
        main.interrupt();
        synchronized (this) {
            try {
                while (!closed) {
                    wait();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Whether Ctrl-C was pressed; clears the main thread's interrupt status, so that files can be written. */
    boolean came() {
        boolean interrupted = Thread.interrupted();
        return interrupted || came;
    }

    @Override
    public void close() {
        if (!came) {
            Runtime.getRuntime().removeShutdownHook(hook);
        }
        synchronized (this) {
            closed = true;
            notifyAll();
        }
    }
}
