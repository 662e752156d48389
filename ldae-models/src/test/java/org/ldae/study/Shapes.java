package org.ldae.study;

import java.util.List;
import org.ldae.core.Rng;
import org.ldae.data.Dataset;
import org.ldae.data.ImageSource;
import org.ldae.deconstruction.Preset;
import org.ldae.models.ClassLabels;
import org.ldae.models.Dropping;
import org.ldae.models.Recipe;
import org.ldae.noise.NoiseSchedule;
import org.ldae.noise.TimeSampling;
import org.ldae.objective.Objective;
import org.ldae.objective.Space;
import org.ldae.perceptual.FeatureNet;
import org.ldae.tokenizers.conv.Adversarial;
import org.ldae.tokenizers.conv.ConvSizes;
import org.ldae.tokenizers.conv.ConvVAE;
import org.ldae.tokenizers.conv.ConvVAEOptions;
import org.ldae.training.HeldOut;
import org.ldae.training.Training;
import org.ldae.transformer.VisionTransformer;
import org.nd4j.linalg.factory.Nd4j;

/** Images of 16 x 16 pixels with bars across, down or slanted, and the smallest preset that learns from them. */
public final class Shapes {

    private static final int SIDE = 16;

    private Shapes() {}

    /** Labelled by the direction of their bars, of random phase, width and contrast. */
    public static ImageSource images(int count, long seed) {
        float[] pixels = new float[count * SIDE * SIDE];
        int[] labels = new int[count];
        float[] draws = new float[3 * count];
        Rng.of(seed).normals(draws, 0, draws.length);
        for (int i = 0; i < count; i++) {
            labels[i] = i % 3;
            double wave = 0.8 + 0.1 * draws[3 * i];
            for (int y = 0; y < SIDE; y++) {
                for (int x = 0; x < SIDE; x++) {
                    int along = labels[i] == 0 ? x : labels[i] == 1 ? y : x + y;
                    pixels[(i * SIDE + y) * SIDE + x] =
                            (float) (0.6 * Math.sin(wave * along + 3 * draws[3 * i + 1]) + 0.1 * draws[3 * i + 2]);
                }
            }
        }
        for (int i = 0; i < pixels.length; i++) {
            // Of 256 levels, so that they have a likelihood.
            pixels[i] = (float) (Math.rint((Math.max(-1, Math.min(1, pixels[i])) + 1) * 127.5) / 127.5 - 1);
        }
        return ImageSource.of(
                Nd4j.create(pixels, new long[] {count, 1, SIDE, SIDE}, 'c'),
                labels,
                List.of("across", "down", "slant"));
    }

    public static Dataset data() {
        return new Dataset(images(48, 1), images(24, 2));
    }

    /** Four tokens of 64 pixels, a few steps. */
    public static Preset small() {
        Training brief = Training.steps(8).withRate(2e-3).withHeldOut(HeldOut.every(1));
        ConvVAEOptions tokenizer = ConvVAE.factor(4)
                .channels(1)
                .withSizes(new ConvSizes(4, List.of(1, 1, 1), 1))
                .withTraining(brief.withBatchSize(4))
                .withPerceptual(FeatureNet.small().withSize(4, 1).withTraining(brief.withBatchSize(8)), 1)
                .withAdversarial(new Adversarial(0.5, 2, 4, 1));
        return new Preset(
                "test",
                VisionTransformer.tiny().withWidth(16, 2).withBlocks(1, 1),
                new Recipe(
                        tokenizer,
                        NoiseSchedule.ddpm(),
                        TimeSampling.uniform(),
                        Space.LATENT,
                        Space.LATENT,
                        Objective.noise(),
                        Dropping.none(),
                        VisionTransformer.tiny().withWidth(16, 2).withBlocks(1, 1),
                        ClassLabels.withDropout(0.1),
                        Training.epochs(8).withBatchSize(8).withRate(5e-3)));
    }
}
