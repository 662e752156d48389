package org.ldae.nn;

import java.util.Arrays;
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
     * @param classes labels the network may be told, 0 if it is told none
     */
    record Ports(TokenGrid grid, int inputs, int outputs, boolean timed, int classes) {

        /**
         * Checks the number of classes.
         *
         * @param grid tokens of an image
         * @param inputs numbers in an input token
         * @param outputs numbers in a predicted token
         * @param timed whether the network is told the time
         * @param classes labels the network may be told, 0 if it is told none
         */
        public Ports {
            if (classes < 0) {
                throw new IllegalArgumentException("ports: expected at least 0 classes, got " + classes);
            }
        }
    }

    /** What the network is told of each image beside its tokens; the caller changes the numbers in place. */
    final class Conditions {

        /** Stands for a label that the network is not told. */
        public static final int NO_LABEL = -1;

        private final float[] times;
        private final int[] labels;

        private Conditions(float[] times) {
            this.times = times;
            this.labels = new int[times.length];
            Arrays.fill(labels, NO_LABEL);
        }

        /**
         * Conditions of some images: t = 0, no labels.
         *
         * @param images n
         * @return the live numbers
         */
        public static Conditions of(int images) {
            return new Conditions(new float[images]);
        }

        /**
         * Conditions without labels.
         *
         * @param times t of each image; copied
         * @return the live numbers
         */
        public static Conditions at(float... times) {
            return new Conditions(times.clone());
        }

        /**
         * The times.
         *
         * @return t in [0, 1] of each image, live; ignored by a network that is not timed
         */
        public float[] times() {
            return times;
        }

        /**
         * The labels.
         *
         * @return class of each image or {@link #NO_LABEL}, live; ignored by a network without classes
         */
        public int[] labels() {
            return labels;
        }
    }

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
     * The parameters, their shapes and how they start.
     *
     * @param ports sizes of inputs and outputs
     * @return a new list
     */
    Parameters.Layout layout(Ports ports);

    /**
     * New parameters with their start values.
     *
     * @param ports sizes of inputs and outputs
     * @param rng key of the start values
     * @return the parameters; the caller closes them
     */
    default Parameters parameters(Ports ports, Rng rng) {
        return layout(ports).initialise(rng);
    }

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
         * @param conditions time and label of each of the n images
         * @return {@code [n L, outputs]}, valid until the next call
         */
        Tensor forward(Conditions conditions);

        /**
         * Runs the network up to a block only.
         *
         * @param conditions time and label of each of the n images
         * @param block in [1, blocks]
         * @return {@code [n L, M]}, valid until the next call
         */
        Tensor features(Conditions conditions, int block);

        /**
         * Adds the gradients of the last {@link #forward} to the workspace's.
         *
         * @param dPrediction gradient of the loss by the prediction
         */
        void backward(Tensor dPrediction);
    }
}
