package org.ldae.nn;

import java.util.Arrays;
import java.util.Optional;
import org.ldae.compute.Tensor;
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
     * @param visible tokens of an image that the network is given, in [1, L]; it predicts all L
     */
    record Signature(TokenGrid grid, int inputs, int outputs, boolean timed, int classes, int visible) {

        /**
         * Checks the numbers.
         *
         * @param grid tokens of an image
         * @param inputs numbers in an input token
         * @param outputs numbers in a predicted token
         * @param timed whether the network is told the time
         * @param classes labels the network may be told, 0 if it is told none
         * @param visible tokens of an image that the network is given, in [1, L]; it predicts all L
         */
        public Signature {
            if (inputs < 1 || outputs < 1 || classes < 0 || visible < 1 || visible > grid.tokens()) {
                throw new IllegalArgumentException(
                        "signature: expected inputs and outputs >= 1, classes >= 0 and 1 to L = %d visible tokens, got %d, %d, %d, %d"
                                .formatted(grid.tokens(), inputs, outputs, classes, visible));
            }
        }

        /**
         * A network that is told neither time nor labels and sees all tokens.
         *
         * @param grid tokens of an image
         * @param inputs numbers in an input token
         * @param outputs numbers in a predicted token
         * @return the sizes
         */
        public static Signature of(TokenGrid grid, int inputs, int outputs) {
            return new Signature(grid, inputs, outputs, false, 0, grid.tokens());
        }

        /**
         * Whether the network is told the time.
         *
         * @param told true if it is
         * @return a copy
         */
        public Signature withTime(boolean told) {
            return new Signature(grid, inputs, outputs, told, classes, visible);
        }

        /**
         * The labels that the network may be told.
         *
         * @param count K, 0 for none
         * @return a copy
         */
        public Signature withClasses(int count) {
            return new Signature(grid, inputs, outputs, timed, count, visible);
        }

        /**
         * The tokens of an image that the network is given.
         *
         * @param tokens in [1, L]
         * @return a copy
         */
        public Signature withVisible(int tokens) {
            return new Signature(grid, inputs, outputs, timed, classes, tokens);
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
     * @param block in [1, blocks]
     * @return M after that block
     */
    int width(int block);

    /**
     * Names, shapes and start values of the parameters.
     *
     * @param signature sizes of inputs and outputs
     * @return their layout; no memory is taken
     */
    Parameters.Layout layout(Signature signature);

    /**
     * Whether the network can be told the time of each image; if not, it denoises blindly.
     *
     * @return true unless the network says otherwise
     */
    default boolean takesTime() {
        return true;
    }

    /**
     * Whether the network can be told the class of each image.
     *
     * @return false unless the network says otherwise
     */
    default boolean takesLabels() {
        return false;
    }

    /**
     * Whether the network can be given some of an image's tokens ({@link Signature#visible}) and predict all of them.
     *
     * @return false unless the network says otherwise
     */
    default boolean takesSubsets() {
        return false;
    }

    /**
     * Something that only some networks can do.
     *
     * @param capability its interface
     * @param <T> its interface
     * @return this network as that, empty if it can't
     */
    default <T> Optional<T> as(Class<T> capability) {
        return capability.isInstance(this) ? Optional.of(capability.cast(this)) : Optional.empty();
    }

    /**
     * Layers and scratch memory for a number of images at once.
     *
     * @param work workspace over the parameters
     * @param signature sizes of inputs and outputs, as the parameters were laid out for
     * @param images n
     * @return a pass whose memory belongs to the workspace
     */
    Pass pass(Workspace work, Signature signature, int images);

    /** One copy of the network over n images; belongs to one thread. */
    interface Pass {

        /**
         * Where the caller writes the noised tokens.
         *
         * @return {@code [n V, inputs]} for V visible tokens an image
         */
        Tensor input();

        /**
         * Where the caller writes which token of its image each row of {@link #input} is.
         *
         * @return {@code [n V]} places in [0, L), live; empty if the network takes no subsets
         */
        default int[] places() {
            return new int[0];
        }

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
         * @return {@code [n V, M]}, valid until the next call
         */
        Tensor features(Conditions conditions, int block);

        /**
         * Tokens after the same block as the last {@link #features} or an earlier one, computed anew unless the pass kept them.
         *
         * @param conditions as then
         * @param block in [1, that block]
         * @return {@code [n V, M]}, valid until the next call
         */
        default Tensor earlier(Conditions conditions, int block) {
            return features(conditions, block);
        }

        /**
         * Adds the gradients of the last {@link #forward} to the workspace's.
         *
         * @param dPrediction gradient of the loss by the prediction
         */
        void backward(Tensor dPrediction);
    }
}
