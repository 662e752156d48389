package org.ldae.nn;

import org.ldae.compute.Tensor;
import org.ldae.core.Rng;
import org.ldae.core.TokenGrid;

/**
 * A network architecture that predicts an objective's target from noised tokens and their time (paper, section 3).
 *
 * <p>Three things are kept apart: the architecture (this value), its {@link Parameters}, and the scratch memory of a
 * {@link Pass} over a fixed number of images.
 */
public interface Denoiser {

    /**
     * Sizes of what goes in and out.
     *
     * @param grid tokens of an image
     * @param inputs numbers in an input token
     * @param outputs numbers in a predicted token
     * @param timed whether the network is told the time
     */
    record Ports(TokenGrid grid, int inputs, int outputs, boolean timed) {}

    /**
     * Number of blocks after which features can be read.
     *
     * @return at least 1
     */
    int blocks();

    /**
     * The block whose output is the representation, unless asked otherwise.
     *
     * @return in [1, blocks]
     */
    int encoderBlocks();

    /**
     * Numbers in a feature token.
     *
     * @return M
     */
    int width();

    /**
     * New parameters with their start values.
     *
     * @param ports sizes of inputs and outputs
     * @param rng key of the start values
     * @return the parameters; the caller closes them
     */
    Parameters parameters(Ports ports, Rng rng);

    /**
     * Layers and scratch memory for a number of images at once.
     *
     * @param work workspace over the parameters
     * @param ports sizes of inputs and outputs, as the parameters were made for
     * @param images n
     * @return a pass whose memory belongs to the workspace
     */
    Pass pass(Workspace work, Ports ports, int images);

    /** One copy of the network over n images; belongs to one thread. */
    interface Pass {

        /**
         * Where the caller writes the noised tokens.
         *
         * @return {@code [n L, inputs]}
         */
        Tensor input();

        /**
         * Predicts the target of the tokens in {@link #input}.
         *
         * @param times t of each image, n numbers; ignored by a network that is not timed
         * @return {@code [n L, outputs]}, valid until the next call
         */
        Tensor forward(float[] times);

        /**
         * Runs the network up to a block only.
         *
         * @param times t of each image
         * @param block in [1, blocks]
         * @return {@code [n L, M]}, valid until the next call
         */
        Tensor features(float[] times, int block);

        /**
         * Adds the gradients of the last {@link #forward} to the workspace's.
         *
         * @param dPrediction gradient of the loss by the prediction
         */
        void backward(Tensor dPrediction);
    }
}
