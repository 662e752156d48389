package org.ldae.probe;

import org.ldae.core.Progress;

/** Counts the parts of a fit for a progress listener. */
final class Stages {

    private final String name;
    private final long total;
    private final Progress progress;
    private final long started = System.nanoTime();
    private long done;

    Stages(String name, long total, Progress progress) {
        this.name = name;
        this.total = total;
        this.progress = progress;
    }

    void next(String detail) {
        done++;
        report(detail);
    }

    /** The end, even if parts were skipped. */
    void finish(String detail) {
        done = total;
        report(detail);
    }

    private void report(String detail) {
        double seconds = (System.nanoTime() - started) * 1e-9;
        progress.update(new Progress.Event(name, done, total, seconds, seconds / done * (total - done), detail));
    }
}
