package org.ldae.nn;

import java.util.ArrayList;
import java.util.List;
import org.ldae.compute.Kernels;
import org.ldae.compute.Tensor;

/**
 * AdamW over flat buffers (Loshchilov and Hutter 2019), equal to PyTorch's up to rounding.
 *
 * <p>Weight decay reaches matrices only, not vectors (biases, norms).
 */
public final class AdamW implements AutoCloseable {

    private static final int ROWS_A_PART = 256;

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

    private final Options options;
    private final Tensor first;
    private final Tensor second;
    private final List<Tensor> matrices = new ArrayList<>();
    private final List<Kernels.AdamState> parts = new ArrayList<>();

    /**
     * An optimiser with zero moments.
     *
     * @param parameters what it updates
     * @param gradients their gradients, a {@link Parameters#buffer}
     * @param options its constants
     */
    public AdamW(Parameters parameters, Tensor gradients, Options options) {
        this.options = options;
        this.first = parameters.buffer();
        this.second = parameters.buffer();
        for (Parameters.Slot slot : parameters.slots()) {
            if (slot.rows() > 1) {
                matrices.add(parameters.view(parameters.values(), slot.name()));
            }
        }
        for (int i = 0; i * ROWS_A_PART < first.rows(); i++) {
            parts.add(new Kernels.AdamState(
                    part(parameters.values(), i), part(gradients, i), part(first, i), part(second, i)));
        }
    }

    /** The rows of a flat buffer that make up a part. */
    static Tensor part(Tensor flat, int index) {
        int row = index * ROWS_A_PART;
        return flat.view(row, Math.min(ROWS_A_PART, flat.rows() - row), 0, flat.columns());
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
     * @return at least 1
     */
    public int parts() {
        return parts.size();
    }

    /**
     * Shrinks the matrices by the weight decay; call it once a step, before the parts are updated.
     *
     * @param kernels kernels of the calling thread
     * @param rate learning rate
     */
    public void decay(Kernels kernels, double rate) {
        if (options.weightDecay() > 0) {
            matrices.forEach(matrix -> kernels.scale(matrix, (float) (1 - rate * options.weightDecay())));
        }
    }

    /**
     * Updates one part of the parameters.
     *
     * @param kernels kernels of the calling thread
     * @param part in [0, {@link #parts})
     * @param step rate, and number of this step from 1
     */
    public void update(Kernels kernels, int part, Step step) {
        kernels.adamw(
                new Kernels.AdamStep(step.rate, options.beta1(), options.beta2(), options.epsilon(), step.number),
                parts.get(part));
    }

    /**
     * One step of training.
     *
     * @param rate learning rate
     * @param number from 1
     */
    public record Step(double rate, long number) {}

    @Override
    public void close() {
        first.close();
        second.close();
    }
}
