package org.ldae.models;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.ldae.compute.Kernels;
import org.ldae.compute.Kernels.Transpose;
import org.ldae.compute.Tensor;
import org.ldae.core.TokenGrid;
import org.ldae.nn.Denoiser;
import org.ldae.nn.Workspace;
import org.ldae.noise.NoiseLevel;
import org.ldae.tokenizers.Codec;
import org.ldae.tokenizers.Tokenizer;

/**
 * The recipe's stages for n images on one thread: encode, corrupt, predict, compare; and back.
 *
 * <p>A pure function of patches, noise and times: every random number comes in as an argument.
 */
final class DenoisingPass {

    private final Recipe recipe;
    private final Codec codec;
    private final Kernels kernels;
    private final Denoiser.Pass net;
    private final int rowsPerImage;
    private final @Nullable Tensor components;
    private final Tensor patches;
    private final Tensor clean;
    private final Tensor noise;
    private final Tensor noised;
    private final Tensor difference;
    private final Tensor latentDifference;
    private final float[] signal;
    private final float[] level;
    private final Denoiser.Conditions conditions;
    private final float[] times;
    private final float[] lossWeights;

    DenoisingPass(FittedRecipe fitted, Workspace work, int images) {
        Tokenizer tokenizer = fitted.tokenizer();
        TokenGrid grid = tokenizer.grid();
        int rows = images * grid.tokens();
        int d = tokenizer.dimension();
        Denoiser.Ports ports = fitted.ports();
        this.recipe = fitted.recipe();
        this.codec = tokenizer.codec(work, images);
        this.kernels = work.kernels();
        this.net = recipe.denoiser().pass(work, ports, images);
        this.rowsPerImage = grid.tokens();
        this.components = work.trains() && recipe.objective().target() == Objective.Target.ORIGINAL_IMAGE
                ? components(tokenizer, work)
                : null;
        this.patches = work.allocate(rows, grid.patchSize());
        this.clean = work.allocate(rows, d);
        this.noise = work.allocate(rows, d);
        this.noised = work.allocate(rows, d);
        this.difference = work.allocate(rows, ports.outputs());
        this.latentDifference = work.allocate(rows, d);
        this.signal = new float[images];
        this.level = new float[images];
        this.conditions = Denoiser.Conditions.of(images);
        this.times = conditions.times();
        this.lossWeights = new float[images];
    }

    private static Tensor components(Tokenizer tokenizer, Workspace work) {
        Tensor components =
                work.allocate(tokenizer.dimension(), tokenizer.grid().patchSize());
        components.put(tokenizer.filters().orElseThrow().data().asFloat());
        return components;
    }

    /** The kept components V_d, {@code [d, P*P*C]}, for a loss; a recipe has seen to it that they are there. */
    private Tensor principalComponents() {
        return Objects.requireNonNull(components);
    }

    int images() {
        return times.length;
    }

    /** Kernels of this pass's thread. */
    Kernels kernels() {
        return kernels;
    }

    /** Fills the network's input with patches noised as the schedule says. */
    void corrupt(float[] pixels, float[] standardNormals, Denoiser.Conditions at) {
        patches.put(pixels); // [n L, P*P*C]
        noise.put(standardNormals); // [n L, d]
        tell(at);
        for (int i = 0; i < times.length; i++) {
            signal[i] = (float) recipe.schedule().gamma(times[i]);
            level[i] = (float) recipe.schedule().sigma(times[i]);
        }
        codec.encode(patches, clean); // z_0 [n L, d]
        kernels.copy(clean, noised);
        kernels.scaleRows(noised, signal);
        kernels.copy(noise, latentDifference);
        kernels.scaleRows(latentDifference, level);
        kernels.addScaled(1, latentDifference, noised); // z_t = gamma z_0 + sigma eps
        enter();
    }

    /**
     * Fills the network's input with patches as they are: clean, or noisy already with sigma(t) / gamma(t). The network is
     * told the time t, and the signal is scaled by gamma(t) as in training.
     */
    void given(float[] pixels, double t) {
        patches.put(pixels);
        Arrays.fill(times, (float) t);
        Arrays.fill(signal, (float) recipe.schedule().gamma(t));
        codec.encode(patches, noised);
        kernels.scaleRows(noised, signal);
        enter();
    }

    /**
     * Fills the network's input with latents that are noised already as the schedule says.
     *
     * @param at time and label of each image
     */
    void givenNoised(float[] latents, Denoiser.Conditions at) {
        noised.put(latents); // z_t [n L, d]
        tell(at);
        enter();
    }

    private void tell(Denoiser.Conditions at) {
        System.arraycopy(at.times(), 0, times, 0, times.length);
        System.arraycopy(at.labels(), 0, conditions.labels(), 0, times.length);
    }

    /** Hands the noised latents to the network in its input space. */
    private void enter() {
        if (recipe.input() == Space.IMAGE) {
            codec.decode(noised, net.input());
        } else {
            kernels.copy(noised, net.input());
        }
    }

    /** Tokens after a block, {@code [n L, M]}. */
    Tensor features(int block) {
        return net.features(conditions, block);
    }

    /** The clean patches that the network sees in its input, {@code [n L, P*P*C]}. */
    Tensor denoised() {
        Tensor prediction = net.forward(conditions);
        if (recipe.output() == Space.IMAGE) {
            return prediction;
        }
        toClean(prediction);
        codec.decode(prediction, patches);
        return patches;
    }

    /** The clean latents that the network sees in its input, {@code [n L, d]}; a predicted image is encoded. */
    Tensor cleanLatents() {
        Tensor prediction = net.forward(conditions);
        if (recipe.output() == Space.IMAGE) {
            codec.encode(prediction, latentDifference);
            return latentDifference;
        }
        toClean(prediction);
        return prediction;
    }

    /** Turns what the network predicts in latent space into the clean latents, in place. */
    private void toClean(Tensor prediction) {
        NoiseLevel.Quantity predicted = recipe.objective().target().quantity();
        if (predicted == NoiseLevel.Quantity.CLEAN) {
            return;
        }
        for (int i = 0; i < times.length; i++) {
            NoiseLevel.Conversion toClean =
                    recipe.schedule().level(times[i]).convert(predicted, NoiseLevel.Quantity.CLEAN);
            signal[i] = (float) toClean.onNoised();
            level[i] = (float) toClean.onGiven();
        }
        kernels.copy(noised, latentDifference);
        kernels.scaleRows(latentDifference, signal);
        kernels.scaleRows(prediction, level);
        kernels.addScaled(1, latentDifference, prediction);
    }

    /**
     * Weighted squared error of the prediction, summed over images of weight 1 and divided by the count given.
     *
     * @param present 1 for an image that counts, 0 for padding
     * @param count numbers the whole batch's error is averaged over
     */
    double loss(float[] present, double count) {
        for (int i = 0; i < times.length; i++) {
            double weight = recipe.objective().weight(recipe.schedule(), times[i]);
            lossWeights[i] = (float) (present[i] * weight);
        }
        Tensor prediction = net.forward(conditions);
        double sum = compare(prediction);
        for (int i = 0; i < lossWeights.length; i++) {
            lossWeights[i] *= (float) (2 / count);
        }
        return sum / count;
    }

    private double compare(Tensor prediction) {
        switch (recipe.objective().target()) {
            case ORIGINAL_IMAGE -> {
                // V r: the components' part, and what is left of |r|^2 for the tail (paper, Tab. 3, last step).
                subtract(prediction, patches, difference);
                kernels.gemm(Transpose.SECOND, difference, principalComponents(), 0, latentDifference);
                double tail = recipe.objective().tailWeight();
                return tail * kernels.weightedSquares(difference, lossWeights)
                        + (1 - tail) * kernels.weightedSquares(latentDifference, lossWeights);
            }
            case LATENT -> {
                if (recipe.output() == Space.IMAGE) {
                    codec.encode(prediction, latentDifference);
                    kernels.addScaled(-1, clean, latentDifference);
                    return kernels.weightedSquares(latentDifference, lossWeights);
                }
                subtract(prediction, clean, difference);
            }
            case NOISE -> subtract(prediction, noise, difference);
            case VELOCITY -> {
                velocity(latentDifference);
                subtract(prediction, latentDifference, difference);
            }
        }
        return kernels.weightedSquares(difference, lossWeights);
    }

    private void subtract(Tensor a, Tensor b, Tensor result) {
        kernels.copy(a, result);
        kernels.addScaled(-1, b, result);
    }

    /** gamma eps - sigma z_0; signal and level are those of the last {@link #corrupt}. */
    private void velocity(Tensor result) {
        kernels.copy(clean, difference);
        kernels.scaleRows(difference, level);
        kernels.copy(noise, result);
        kernels.scaleRows(result, signal);
        kernels.addScaled(-1, difference, result);
    }

    /** Adds the gradients of the last {@link #loss} to the workspace's. */
    void backward() {
        switch (recipe.objective().target()) {
            case ORIGINAL_IMAGE -> {
                float tail = (float) recipe.objective().tailWeight();
                kernels.scale(latentDifference, 1 - tail);
                kernels.scale(difference, tail);
                kernels.gemm(Transpose.NONE, latentDifference, principalComponents(), 1, difference);
            }
            case LATENT -> {
                if (recipe.output() == Space.IMAGE) {
                    codec.encodeBackward(latentDifference, difference);
                }
            }
            case NOISE, VELOCITY -> {}
        }
        kernels.scaleRows(difference, lossWeights);
        net.backward(difference);
    }

    /** Numbers that one image's error is averaged over. */
    int errorsPerImage() {
        boolean latent = recipe.objective().target() != Objective.Target.ORIGINAL_IMAGE;
        return rowsPerImage * (latent ? clean.columns() : patches.columns());
    }
}
