package org.ldae.nn.conv;

import java.util.List;

/** A {@link ConvNet} at work on n images; belongs to one thread. */
public final class ConvPass {

    private final Maps input;
    private final List<Layer.Stage> stages;
    private final Maps output;

    ConvPass(Maps input, List<Layer.Stage> stages, Maps output) {
        this.input = input;
        this.stages = stages;
        this.output = output;
    }

    /**
     * What it reads.
     *
     * @return maps that the caller fills before {@link #forward}
     */
    public Maps input() {
        return input;
    }

    /**
     * What it makes.
     *
     * @return maps whose values {@link #forward} leaves, and whose gradient the caller fills before {@link #backward}
     */
    public Maps output() {
        return output;
    }

    /** Computes the output's values. */
    public void forward() {
        stages.forEach(Layer.Stage::forward);
    }

    /**
     * Uses up the output's gradient and leaves the input's, if that has one.
     *
     * @param learn whether to add to the gradients of the parameters; if not, those of normalisations are added to all the
     *     same, and mean nothing
     */
    public void backward(boolean learn) {
        for (int i = stages.size() - 1; i >= 0; i--) {
            stages.get(i).backward(learn, 0);
        }
    }
}
