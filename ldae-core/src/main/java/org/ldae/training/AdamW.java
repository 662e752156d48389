package org.ldae.training;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.ldae.compute.AdamStep;
import org.ldae.compute.Kernels;
import org.ldae.compute.Tensor;
import org.ldae.nn.Parameters;

/**
 * AdamW over flat buffers (Loshchilov and Hutter 2019), equal to PyTorch's up to rounding.
 *
 * <p>Weight decay reaches matrices only, not vectors (biases, norms).
 */
public final class AdamW implements AutoCloseable {

    /**
     * Options of the optimiser.
     *
     * @param beta1 decay of the first moment, in [0, 1)
     * @param beta2 decay of the second moment, in [0, 1)
     * @param epsilon added to the root, positive
     * @param weightDecay decoupled decay, at least 0
     */
    public record Options(double beta1, double beta2, double epsilon, double weightDecay) {

        /**
         * Checks the ranges.
         *
         * @param beta1 decay of the first moment, in [0, 1)
         * @param beta2 decay of the second moment, in [0, 1)
         * @param epsilon added to the root, positive
         * @param weightDecay decoupled decay, at least 0
         */
        public Options {
            if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1 && epsilon > 0 && weightDecay >= 0)) {
                throw new IllegalArgumentException(
                        "AdamW: expected betas in [0, 1), epsilon > 0 and decay >= 0, got %s, %s, %s, %s"
                                .formatted(beta1, beta2, epsilon, weightDecay));
            }
        }

        /**
         * DiT's: betas 0.9 and 0.999, epsilon 1e-8, no decay.
         *
         * @return the options
         */
        public static Options defaults() {
            return new Options(0.9, 0.999, 1e-8, 0);
        }

        /**
         * Another weight decay.
         *
         * @param decay at least 0
         * @return a copy
         */
        public Options withWeightDecay(double decay) {
            return new Options(beta1, beta2, epsilon, decay);
        }

        /**
         * Another second-moment decay.
         *
         * @param newBeta2 in [0, 1); MAE uses 0.95
         * @return a copy
         */
        public Options withBeta2(double newBeta2) {
            return new Options(beta1, newBeta2, epsilon, weightDecay);
        }
    }

    private final Parameters parameters;
    private final Tensor first;
    private final Tensor second;
    private final AdamStep step;
    private final List<Kernels.AdamState> parts = new ArrayList<>();
    private final Tensor gradients;
    private @Nullable Tensor average;
    private ToDoubleFunction<String> rateFactor = name -> 1;

    /**
     * An optimiser with zero moments.
     *
     * @param parameters what it updates
     * @param gradients their gradients, a {@link Parameters#buffer}
     * @param options its constants
     */
    public AdamW(Parameters parameters, Tensor gradients, Options options) {
        this.parameters = parameters;
        this.gradients = gradients;
        this.first = parameters.buffer();
        this.second = parameters.buffer();
        this.step = new AdamStep(options.beta1(), options.beta2(), options.epsilon(), options.weightDecay());
        layOut();
    }

    /**
     * Keeps a running average of the parameters from here on.
     *
     * @param running a {@link Parameters#buffer}, updated with the parameters
     */
    public void averageInto(Tensor running) {
        average = running;
        layOut();
    }

    /**
     * Gives each parameter a share of the rate from here on: a decay from layer to layer when a trained network is tuned.
     *
     * @param factor of each parameter's name, what the rate is multiplied by, at least 0
     */
    public void scaleRates(ToDoubleFunction<String> factor) {
        rateFactor = factor;
        layOut();
    }

    private void layOut() {
        parts.clear();
        for (Parameters.Part part : parameters.parts()) {
            parts.add(new Kernels.AdamState(
                    part.of(parameters.values()),
                    part.of(gradients),
                    part.of(first),
                    part.of(second),
                    average == null ? null : part.of(average),
                    part.matrix(),
                    (float) rateFactor.applyAsDouble(part.name())));
        }
    }

    /**
     * First moments.
     *
     * @return live flat buffer
     */
    public Tensor first() {
        return first;
    }

    /**
     * Second moments.
     *
     * @return live flat buffer
     */
    public Tensor second() {
        return second;
    }

    /**
     * Number of parts that {@link #update} may be called for at once, each from a thread with its own kernels.
     *
     * @return those of {@link Parameters#parts}
     */
    public int parts() {
        return parts.size();
    }

    /**
     * The numbers of the next updates; set them before the parts of a step are updated.
     *
     * @return live, at no step yet
     */
    public AdamStep step() {
        return step;
    }

    /**
     * Updates one part of the parameters.
     *
     * @param kernels kernels of the calling thread
     * @param part in [0, {@link #parts})
     */
    public void update(Kernels kernels, int part) {
        kernels.adamw(step, parts.get(part));
    }

    @Override
    public void close() {
        first.close();
        second.close();
    }
}
