package org.ldae.deconstruction;

import org.ldae.data.Augmentation;
import org.ldae.models.ClassLabels;
import org.ldae.models.Dropping;
import org.ldae.models.Recipe;
import org.ldae.noise.NoiseSchedule;
import org.ldae.noise.TimeSampling;
import org.ldae.objective.Objective;
import org.ldae.objective.Space;
import org.ldae.perceptual.FeatureNet;
import org.ldae.perceptual.FeatureSource;
import org.ldae.tokenizers.conv.Adversarial;
import org.ldae.tokenizers.conv.ConvSizes;
import org.ldae.tokenizers.conv.ConvVAE;
import org.ldae.tokenizers.conv.ConvVAEOptions;
import org.ldae.training.AdamW;
import org.ldae.training.HeldOut;
import org.ldae.training.Training;
import org.ldae.transformer.VisionTransformer;

/**
 * A size of the whole study: the recipe of its first row, from which {@link Deconstruction#PATH} makes all others.
 *
 * @param name on the command line and in results
 * @param network the denoiser of every row, whose encoder the controls have too
 * @param baseline recipe of the first row
 */
public record Preset(String name, VisionTransformer network, Recipe baseline) {

    /** Published weight of the generator's loss (latent diffusion). */
    private static final double ADVERSARIAL_WEIGHT = 0.5;

    /**
     * Minutes on two cores, for images of 32 x 32 pixels: patches of 8, latents of 8 and then 16 numbers, two blocks of
     * width 64 before the representation and two after it.
     *
     * @return the preset
     */
    public static Preset tiny() {
        Training features = brief(200)
                .withBatchSize(16)
                .withAugmentation(Augmentation.none().withFlip());
        return of(
                "tiny",
                tokenizer(2, 400, features),
                VisionTransformer.tiny().withWidth(64, 2).withBlocks(2, 2),
                Training.epochs(4).withBatchSize(64).withRate(2e-3));
    }

    /**
     * Hours on two cores, for images of 32 x 32 or 64 x 64 pixels: patches of 8, latents of 16 and then 32 numbers, two blocks
     * of width 64 before the representation and two after it, a convolutional tokenizer trained for six times as long as
     * {@link #tiny}'s.
     *
     * @return the preset
     */
    public static Preset small() {
        Training features = brief(600)
                .withBatchSize(32)
                .withAugmentation(Augmentation.none().withFlip());
        return of(
                "small",
                tokenizer(4, 2500, features),
                VisionTransformer.tiny().withWidth(64, 2).withBlocks(2, 2),
                Training.epochs(20).withBatchSize(64).withRate(2e-3));
    }

    /**
     * For what is learnt rather than for the road: images of 32 x 32 pixels in patches of 4, latents of 12 and then 24 numbers,
     * width 128, flips, and as long as 3e13 FLOPs last, a few minutes on two cores.
     *
     * @return the preset
     */
    public static Preset fine() {
        return of(
                "fine",
                tokenizer(12, 2500, brief(600).withBatchSize(32)),
                VisionTransformer.tiny().withWidth(128, 4).withBlocks(2, 2),
                Training.flops(3e13)
                        .withRate(1.5e-3)
                        .withOptimizer(AdamW.Options.defaults().withBeta2(0.95).withWeightDecay(0.05))
                        .withAugmentation(Augmentation.none().withFlip()));
    }

    /**
     * The published settings, for ImageNet at 256 x 256 (paper, section 3 and appendix): a tokenizer of factor 8 with 4
     * channels, DiT-L with its first half as the encoder, batch 2048, rate 1e-4 times batch / 256, 100 of 400 epochs of
     * warm-up, no weight decay. Built and checked here, and run by those who have the hardware. What the paper leaves open
     * is taken from DiT and latent diffusion: AdamW's constants, an average of decay 0.9999, flips, the adversarial loss
     * and the steps of the tokenizer's fit (246,803 for factor 8 in the table of latent diffusion's code), whose batch and
     * rate are this library's.
     *
     * @param perceptual the feature net of the perceptual loss; the paper's is a VGG
     * @return the preset
     */
    public static Preset paper(FeatureSource perceptual) {
        int batch = 2048;
        ConvVAEOptions tokenizer = ConvVAE.factor(8)
                .channels(4)
                .latentDiffusion()
                .withTraining(Training.steps(246_803).withBatchSize(32).withHeldOut(HeldOut.every(4936)));
        return of(
                "paper",
                tokenizer
                        .withPerceptual(perceptual, 1)
                        .withAdversarial(new Adversarial(ADVERSARIAL_WEIGHT, 50_000, 64, 3)),
                VisionTransformer.halfLarge(),
                Training.epochs(400)
                        .withBatchSize(batch)
                        .withRate(1e-4 * batch / 256)
                        .withWarmup(100)
                        .withClipNorm(0)
                        .withAverageDecay(0.9999)
                        .withAugmentation(Augmentation.none().withFlip()));
    }

    /** A tokenizer of factor 4 and its losses; its discriminator joins after half of the steps. */
    private static ConvVAEOptions tokenizer(int channels, int steps, Training features) {
        return ConvVAE.factor(4)
                .channels(channels)
                .withSizes(ConvSizes.tiny(4))
                .withTraining(brief(steps).withBatchSize(4))
                .withPerceptual(FeatureNet.small().withSize(8, 1).withTraining(features), 1)
                .withAdversarial(new Adversarial(ADVERSARIAL_WEIGHT, steps / 2, 16, 2));
    }

    private static Training brief(int steps) {
        return Training.steps(steps)
                .withRate(4e-3)
                .withHeldOut(HeldOut.every(Math.max(1, steps / 4)).withPatience(4));
    }

    private static Preset of(String name, ConvVAEOptions tokenizer, VisionTransformer net, Training training) {
        return new Preset(
                name,
                net,
                new Recipe(
                        tokenizer,
                        NoiseSchedule.ddpm(),
                        TimeSampling.uniform(),
                        Space.LATENT,
                        Space.LATENT,
                        Objective.noise(),
                        Dropping.none(),
                        net,
                        ClassLabels.withDropout(0.1),
                        training));
    }

    /**
     * The same preset with other training options.
     *
     * @param training options of every row
     * @return a copy
     */
    public Preset withTraining(Training training) {
        return new Preset(name, network, baseline.withTraining(training));
    }

    /**
     * The recipe after a step.
     *
     * @param step name of the step
     * @return the recipe
     * @throws IllegalArgumentException if there is no such step
     */
    public Recipe recipeAt(String step) {
        return Deconstruction.recipeAt(baseline, step);
    }

    @Override
    public String toString() {
        return "Preset[%s, %s, %s]".formatted(name, network, baseline.training());
    }
}
