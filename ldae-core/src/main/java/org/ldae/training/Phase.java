package org.ldae.training;

import java.util.List;

/** A stretch of a step that all parts compute at once; the next begins when all are done. */
public final class Phase {

    /** No learner. */
    static final int NONE = -1;

    /** A step of one phase. */
    static final List<Phase> ONE = List.of(updating(0));

    private final int updates;
    private final float[] gathers;
    private final Runnable then;

    private Phase(int updates, float[] gathers, Runnable then) {
        this.updates = updates;
        this.gathers = gathers;
        this.then = then;
    }

    /**
     * A phase that ends with an update.
     *
     * @param learner which one is updated with its gradients, in the task's order
     * @return the phase
     */
    public static Phase updating(int learner) {
        return new Phase(learner, new float[0], () -> {});
    }

    /**
     * A phase that ends with numbers of all parts, also those of other processes.
     *
     * @param numbers where parts write at places of their own, zeros when the phase begins
     * @param then what is done with all of them on the thread that trains, such as a loss over the whole batch
     * @return the phase
     */
    public static Phase gathering(float[] numbers, Runnable then) {
        return new Phase(NONE, numbers, then);
    }

    /**
     * A phase that ends with an update, and before it with numbers of all parts.
     *
     * @param learner which one is updated with its gradients, in the task's order
     * @param numbers where parts write at places of their own, zeros when the phase begins
     * @param then what is done with all of them on the thread that trains
     * @return the phase
     */
    public static Phase updating(int learner, float[] numbers, Runnable then) {
        return new Phase(learner, numbers, then);
    }

    /** Which learner is updated at its end. */
    int updates() {
        return updates;
    }

    float[] gathers() {
        return gathers;
    }

    Runnable then() {
        return then;
    }
}
