package org.ldae.objective;

import java.util.List;
import java.util.function.Supplier;
import org.ldae.compute.Tensor;
import org.ldae.nn.Workspace;
import org.ldae.noise.NoiseLevel.Quantity;
import org.ldae.noise.NoiseSchedule;
import org.ldae.noise.Weighting;
import org.ldae.tokenizers.Codec;
import org.ldae.tokenizers.Tokenizer;
import org.ldae.tokenizers.TokenizerOptions;

/**
 * What the network predicts, how predictions are compared with it, and how errors are weighted over noise levels.
 *
 * <p>An objective of one's own is a record that names its target: with squared errors, {@link #squares} is its whole loss.
 */
public interface Objective {

    /**
     * What a prediction says of the noised latent, or comes closest to saying: weightings and samplers ask.
     *
     * @return the quantity
     */
    Quantity quantity();

    /**
     * Weight of a noise level.
     *
     * @return the weighting
     */
    Weighting weighting();

    /**
     * Another weighting of the levels.
     *
     * @param levels weight of a level
     * @return a copy
     */
    Objective withWeighting(Weighting levels);

    /**
     * Whether a prediction tells the clean image, so that the model can denoise and sample.
     *
     * @return true unless the objective says otherwise
     */
    default boolean tellsClean() {
        return true;
    }

    /**
     * What keeps a recipe from using this objective.
     *
     * @param output where the network predicts
     * @param tokenizer options of the tokenizer
     * @return a sentence for each reason: what was expected, what came, and a hint; empty if there is none
     */
    default List<String> problems(Space output, TokenizerOptions tokenizer) {
        return List.of();
    }

    /**
     * The loss of n images on one thread.
     *
     * @param setting what it works on
     * @return the loss; its memory belongs to the setting's workspace
     */
    Loss loss(Setting setting);

    /**
     * Weight on the squared error of the target at one time.
     *
     * @param schedule noise levels
     * @param t time in [0, 1]
     * @return the weight, at least 0
     */
    default double weight(NoiseSchedule schedule, double t) {
        return weighting().at(schedule, t, quantity());
    }

    /** Compares predictions of n images with their targets; a pure function of what its {@link Setting} holds. */
    interface Loss {

        /**
         * Numbers that are compared in an image, over which the loss is a mean.
         *
         * @return at least 1
         */
        int errors();

        /**
         * Compares.
         *
         * @param prediction {@code [n L, outputs]}
         * @param sums written to: {@code [n]} the sum of each image's errors, or {@code [n L]} of each token's where tokens are
         *     dropped; the same number at every call
         */
        void forward(Tensor prediction, double[] sums);

        /**
         * Gradient of the last {@link #forward}'s sums, each times its weight.
         *
         * @param weights of each image's errors, or each token's: as many as there were sums
         * @return {@code [n L, outputs]}, valid until the next call
         */
        Tensor backward(float[] weights);
    }

    /**
     * What a loss works on; tensors hold the step's numbers whenever the loss is called.
     *
     * @param work workspace of the thread
     * @param tokenizer the fitted tokenizer
     * @param codec the tokenizer at work on n images
     * @param output where the network predicts
     * @param example the images, clean and noised
     */
    record Setting(Workspace work, Tokenizer tokenizer, Codec codec, Space output, Example example) {

        /**
         * Rows of tokens.
         *
         * @return n L
         */
        public int rows() {
            return example.patches().rows();
        }

        /**
         * Tokens of an image.
         *
         * @return L
         */
        public int tokens() {
            return tokenizer.grid().tokens();
        }
    }

    /** Images and their noised latents {@code z_t = signal z_0 + level eps}; the same memory at every step. */
    final class Example {

        private final Tensor patches;
        private final Tensor clean;
        private final Tensor noise;
        private final float[] signal;
        private final float[] level;

        /**
         * Views of the memory that a step fills.
         *
         * @param patches {@code [n L, P*P*C]} the pixels
         * @param clean {@code [n L, d]} the clean latents
         * @param noise {@code [n L, d]} the noise
         * @param signal gamma of each image
         * @param level sigma of each image
         */
        public Example(Tensor patches, Tensor clean, Tensor noise, float[] signal, float[] level) {
            this.patches = patches;
            this.clean = clean;
            this.noise = noise;
            this.signal = signal;
            this.level = level;
        }

        /**
         * The pixels.
         *
         * @return {@code [n L, P*P*C]}
         */
        public Tensor patches() {
            return patches;
        }

        /**
         * The clean latents z_0.
         *
         * @return {@code [n L, d]}
         */
        public Tensor clean() {
            return clean;
        }

        /**
         * The noise eps.
         *
         * @return {@code [n L, d]}
         */
        public Tensor noise() {
            return noise;
        }

        /**
         * The factors on the signal.
         *
         * @return gamma of each image, live
         */
        public float[] signal() {
            return signal;
        }

        /**
         * The deviations of the noise.
         *
         * @return sigma of each image, live
         */
        public float[] level() {
            return level;
        }
    }

    /**
     * The loss of squared errors.
     *
     * @param setting what it works on
     * @param target gives what is to be predicted at each call, {@code [n L, outputs]}
     * @return the loss
     */
    static Loss squares(Setting setting, Supplier<Tensor> target) {
        return new SquaredErrors(setting, target);
    }

    /**
     * l-DAE's: the original image, components beyond the latent's weighted 0.1 (paper, Tab. 3).
     *
     * @return the objective
     */
    static OriginalImage originalImage() {
        return new OriginalImage(Weighting.SIGNAL_SHARE, 0.1);
    }

    /**
     * The clean latent (paper, Tab. 3).
     *
     * @return the objective
     */
    static Objective latent() {
        return new LatentQuantity(Quantity.CLEAN, Weighting.SIGNAL_SHARE);
    }

    /**
     * The noise, all levels alike (DDPM, DiT).
     *
     * @return the objective
     */
    static Objective noise() {
        return new LatentQuantity(Quantity.NOISE, Weighting.UNIFORM);
    }

    /**
     * The velocity {@code gamma eps - sigma z_0} (Salimans and Ho 2022), all levels alike: for schedules with gamma^2 + sigma^2
     * = 1 it weighs the clean latent's error by 1 + signal-to-noise ratio.
     *
     * @return the objective
     */
    static Objective velocity() {
        return new LatentQuantity(Quantity.VELOCITY, Weighting.UNIFORM);
    }

    /**
     * The velocity {@code eps - z_0} of flow matching (Lipman et al. 2023), for {@link NoiseSchedule#flow}, all levels alike.
     *
     * @return the objective
     */
    static Objective flow() {
        return new LatentQuantity(Quantity.FLOW, Weighting.UNIFORM);
    }

    /**
     * Each clean patch with its own mean taken off and divided by its own deviation (MAE, He et al. 2022). Such a prediction
     * does not tell the image: the model represents, but neither denoises nor samples.
     *
     * @return the objective
     */
    static Objective normalisedPatches() {
        return new NormalisedPatches(Weighting.SIGNAL_SHARE);
    }
}
