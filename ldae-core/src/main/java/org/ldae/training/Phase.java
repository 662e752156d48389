package org.ldae.training;

import java.util.List;

/**
 * A stretch of a step that all parts compute at once; the next begins when all are done.
 *
 * @param updates which learner is updated with the gradients at its end, {@link #NONE} for none
 * @param gathers numbers that the parts write at places of their own and leave 0 elsewhere; at the end all are there, also
 *     those of other processes
 * @param then done after that on the thread that trains, such as a loss over the whole batch
 */
public record Phase(int updates, float[] gathers, Runnable then) {

    /** No learner. */
    public static final int NONE = -1;

    /** A step of one phase. */
    static final List<Phase> ONE = List.of(updating(0));

    /**
     * A phase that ends with an update.
     *
     * @param learner which one, in the task's order
     * @return the phase
     */
    public static Phase updating(int learner) {
        return new Phase(learner, new float[0], () -> {});
    }

    /**
     * A phase that ends with numbers of all parts.
     *
     * @param numbers where parts write at places of their own, each step anew
     * @param then what is done with all of them, on the thread that trains
     * @return the phase
     */
    public static Phase gathering(float[] numbers, Runnable then) {
        return new Phase(NONE, numbers, then);
    }
}
