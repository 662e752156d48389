package org.ldae.study;

import java.util.Map;
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
                "%s: %s %d of %d".formatted(cell.id(), event.stage(), event.done(), event.total()), event.numbers());
    }

    synchronized void finished(Cell cell) {
        done++;
        report(cell.id() + " done", Map.of());
    }

    private synchronized void report(String about, Map<Progress.Quantity, Double> numbers) {
        double seconds = (System.nanoTime() - began) / 1e9;
        double left = done == total ? 0 : done == known ? Double.NaN : seconds / (done - known) * (total - done);
        listener.update(new Progress.Event("study", about, done, total, seconds, left, numbers));
    }
}
