package org.ldae.models;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.ldae.compute.Kernels;
import org.ldae.compute.Tensor;
import org.ldae.core.Rng;
import org.ldae.core.TokenGrid;
import org.ldae.nn.Denoiser;
import org.ldae.nn.Workspace;
import org.ldae.noise.NoiseLevel;
import org.ldae.objective.Objective;
import org.ldae.objective.Space;
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
    private final Objective.@Nullable Loss objective;
    private final Tensor patches;
    private final Tensor clean;
    private final Tensor noise;
    private final Tensor noised;
    private final Tensor scratch;
    private final float[] signal;
    private final float[] level;
    private final Denoiser.Conditions conditions;
    private final float[] times;
    private final float[] lossWeights;
    private final double[] sums;
    private final double[] each;
    private final @Nullable VisibleTokens visible;

    DenoisingPass(FittedRecipe fitted, Workspace work, int images) {
        Tokenizer tokenizer = fitted.tokenizer();
        TokenGrid grid = tokenizer.grid();
        int rows = images * grid.tokens();
        int d = tokenizer.dimension();
        Dropping dropping = fitted.recipe().dropping();
        boolean drops = work.trains() && dropping.drops();
        Denoiser.Signature signature =
                drops ? fitted.signature().withVisible(dropping.visible(grid)) : fitted.signature();
        this.recipe = fitted.recipe();
        this.codec = tokenizer.codec(work, images);
        this.kernels = work.kernels();
        this.net = recipe.denoiser().pass(work, signature, images);
        this.patches = work.allocate(rows, grid.patchSize());
        this.clean = work.allocate(rows, d);
        this.noise = work.allocate(rows, d);
        this.noised = work.allocate(rows, d);
        this.scratch = work.allocate(rows, d);
        this.signal = new float[images];
        this.level = new float[images];
        this.conditions = Denoiser.Conditions.of(images);
        this.times = conditions.times();
        this.lossWeights = new float[drops ? rows : images];
        this.sums = new double[lossWeights.length];
        this.each = new double[images];
        this.visible = drops ? new VisibleTokens(dropping, grid, work, net) : null;
        this.objective = work.trains() ? recipe.objective().loss(setting(tokenizer, work)) : null;
    }

    private Objective.Setting setting(Tokenizer tokenizer, Workspace work) {
        Objective.Example example = new Objective.Example(patches, clean, noise, signal, level);
        return new Objective.Setting(work, tokenizer, codec, recipe.output(), example);
    }

    int images() {
        return times.length;
    }

    /** Which tokens of the images the network is given, live. */
    int[] places() {
        return net.places();
    }

    /** Draws which tokens of an image the network is given, if others are dropped. */
    void drop(Rng rng, int image) {
        if (visible != null) {
            visible.draw(rng, image);
        }
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
        kernels.copy(noise, scratch);
        kernels.scaleRows(scratch, level);
        kernels.addScaled(1, scratch, noised); // z_t = gamma z_0 + sigma eps
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
        if (visible == null) {
            enter(net.input());
        } else {
            enter(visible.all());
            visible.enter();
        }
    }

    private void enter(Tensor all) {
        if (recipe.input() == Space.IMAGE) {
            codec.decode(noised, all);
        } else {
            kernels.copy(noised, all);
        }
    }

    /** Copies out the tokens after some blocks, in ascending order, {@code [n L, M]} each. */
    void features(int[] read, float[][] tokens) {
        Tensor last = net.features(conditions, read[read.length - 1]);
        last.get(tokens[read.length - 1]);
        for (int i = 0; i < read.length - 1; i++) {
            net.earlier(conditions, read[i]).get(tokens[i]);
        }
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
            codec.encode(prediction, scratch);
            return scratch;
        }
        toClean(prediction);
        return prediction;
    }

    /** Turns what the network predicts in latent space into the clean latents, in place. */
    private void toClean(Tensor prediction) {
        NoiseLevel.Quantity predicted = recipe.objective().quantity();
        if (predicted == NoiseLevel.Quantity.CLEAN) {
            return;
        }
        for (int i = 0; i < times.length; i++) {
            NoiseLevel.Conversion toClean =
                    recipe.schedule().level(times[i]).convert(predicted, NoiseLevel.Quantity.CLEAN);
            signal[i] = (float) toClean.onNoised();
            level[i] = (float) toClean.onGiven();
        }
        kernels.copy(noised, scratch);
        kernels.scaleRows(scratch, signal);
        kernels.scaleRows(prediction, level);
        kernels.addScaled(1, scratch, prediction);
    }

    /**
     * Weighted squared error of the prediction, summed over images of weight 1 and divided by the count given.
     *
     * @param present 1 for an image that counts, 0 for padding
     * @param count numbers the whole batch's error is averaged over
     */
    double loss(float[] present, double count) {
        trained().forward(net.forward(conditions), sums);
        int group = sums.length / times.length; // an image's errors, or a token's
        double total = 0;
        for (int i = 0; i < times.length; i++) {
            weigh(i);
            double sum = 0;
            for (int g = i * group; g < (i + 1) * group; g++) {
                sum += lossWeights[g] * sums[g];
                lossWeights[g] *= (float) (present[i] / count);
            }
            each[i] = sum / errorsPerImage();
            total += present[i] * sum;
        }
        return total / count;
    }

    private void weigh(int image) {
        float weight = (float) recipe.objective().weight(recipe.schedule(), times[image]);
        if (visible == null) {
            lossWeights[image] = weight;
        } else {
            visible.weigh(lossWeights, image, weight);
        }
    }

    /**
     * The loss of each image alone, as the last {@link #loss} left it.
     *
     * @return live
     */
    double[] eachLoss() {
        return each;
    }

    /** Adds the gradients of the last {@link #loss} to the workspace's. */
    void backward() {
        net.backward(trained().backward(lossWeights));
    }

    /** Numbers that the loss of one image is a mean of. */
    int errorsPerImage() {
        return trained().errors();
    }

    private Objective.Loss trained() {
        return Objects.requireNonNull(objective, "a pass for inference has no loss");
    }
}
