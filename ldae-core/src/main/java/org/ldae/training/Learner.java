package org.ldae.training;

import java.util.function.ToDoubleFunction;
import org.ldae.nn.Parameters;

/**
 * A network that learns.
 *
 * @param name what its tensors are called in checkpoints
 * @param parameters what is learnt, closed by their owner
 * @param start the first step that updates it
 * @param rates share of the rate that a parameter of some name gets, at least 0
 */
public record Learner(String name, Parameters parameters, int start, ToDoubleFunction<String> rates) {

    /**
     * A network that learns from the first step on.
     *
     * @param name what its tensors are called in checkpoints
     * @param parameters what is learnt
     * @return the learner
     */
    public static Learner of(String name, Parameters parameters) {
        return new Learner(name, parameters, 0, parameter -> 1);
    }

    /**
     * Lets it begin later.
     *
     * @param step the first that updates it
     * @return a copy
     */
    public Learner withStart(int step) {
        return new Learner(name, parameters, step, rates);
    }

    /**
     * Lower or higher rates for some parameters.
     *
     * @param ofName what the rate of a parameter is multiplied by, at least 0
     * @return a copy
     */
    public Learner withRates(ToDoubleFunction<String> ofName) {
        return new Learner(name, parameters, start, ofName);
    }
}
