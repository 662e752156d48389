package org.ldae.study;

import org.ldae.core.Progress;

/** Where a study stands: cells done, the time left by what cells took so far, and what the cells in progress say. */
final class StudyProgress {

    private final Progress listener;
    private final long began = System.nanoTime();
    private int total;
    private int known;
    private int done;

    StudyProgress(Progress listener) {
        this.listener = listener;
    }

    synchronized void start(int cells, int there) {
        total = cells;
        known = there;
        done = there;
    }

    /** A listener for what goes on inside a cell. */
    Progress of(Cell cell) {
        return event -> report(
                "%s: %s %d of %d %s".formatted(cell.id(), event.stage(), event.done(), event.total(), event.detail()));
    }

    synchronized void finished(Cell cell) {
        done++;
        report(cell.id() + " done");
    }

    private synchronized void report(String detail) {
        double seconds = (System.nanoTime() - began) / 1e9;
        double left = done == total ? 0 : done == known ? Double.NaN : seconds / (done - known) * (total - done);
        listener.update(new Progress.Event("study", done, total, seconds, left, detail));
    }
}
