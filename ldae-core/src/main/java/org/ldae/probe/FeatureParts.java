package org.ldae.probe;

import java.io.Serializable;
import java.util.List;

/**
 * Labelled features in parts, on several machines: what {@link LogisticSolver#fit(FeatureParts, org.ldae.core.Rng,
 * org.ldae.core.Progress)} fits on. Whatever holds them brings the work to them.
 */
public interface FeatureParts extends AutoCloseable {

    /**
     * Work on one part; sent to where the part is.
     *
     * @param <R> type of its result
     */
    @FunctionalInterface
    interface Work<R> extends Serializable {
        /**
         * Works on a part.
         *
         * @param part some rows, not to be changed
         * @return what it comes to
         */
        R on(FeaturePart part);
    }

    /**
     * Works on every part, several at a time.
     *
     * @param work what to do
     * @param <R> type of its results, serialisable
     * @return the results in the order of the parts
     */
    <R> List<R> each(Work<R> work);

    /**
     * Changes every part, and keeps what it comes to in memory where it is.
     *
     * @param change from part to part of the same number
     * @return the changed parts, to be closed
     */
    FeatureParts map(Work<FeaturePart> change);

    /** Frees what is kept in memory. */
    @Override
    void close();
}
