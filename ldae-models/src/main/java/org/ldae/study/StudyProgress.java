package org.ldae.study;

import org.ldae.core.Progress;

/** Where a study stands: cells done, the time left by what cells took so far, and what the cells in progress say. */
final class StudyProgress {

    private final Progress listener;
    private final int jobs;
    private final long began = System.nanoTime();
    private int total;
    private int done;
    private int run;
    private double seconds;

    StudyProgress(Progress listener, int jobs) {
        this.listener = listener;
        this.jobs = jobs;
    }

    synchronized void start(int cells, int known) {
        total = cells;
        done = known;
    }

    /** A listener for what goes on inside a cell. */
    Progress of(Cell cell) {
        return event -> report(
                "%s: %s %d of %d %s".formatted(cell.id(), event.stage(), event.done(), event.total(), event.detail()));
    }

    synchronized void finished(Cell cell, double took) {
        done++;
        if (took > 0) {
            run++;
            seconds += took;
        }
        report(cell.id() + " done");
    }

    private synchronized void report(String detail) {
        double left = done == total ? 0 : run == 0 ? Double.NaN : seconds / run * (total - done) / jobs;
        listener.update(new Progress.Event("study", done, total, (System.nanoTime() - began) / 1e9, left, detail));
    }
}
