package org.ldae.models;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.ldae.data.Augmentation;
import org.ldae.inference.Features;
import org.ldae.inference.Pooling;
import org.ldae.noise.NoiseLevel;
import org.ldae.noise.NoiseSchedule;
import org.ldae.noise.Weighting;
import org.ldae.objective.Objective;
import org.ldae.objective.OriginalImage;
import org.ldae.training.AdamW;
import org.ldae.training.HeldOut;
import org.ldae.training.Length;
import org.ldae.training.Training;

/** Options of training, objective and features. */
class OptionsTest {

    private static final Length TWENTY = new Length(20, Length.Unit.EPOCHS);

    @Test
    void trainingOptionsChangeOneThingEach() {
        Training base = Training.epochs(20);
        assertEquals(
                new Training(
                        TWENTY,
                        128,
                        1e-3,
                        2,
                        AdamW.Options.defaults(),
                        1,
                        0,
                        Augmentation.none(),
                        false,
                        HeldOut.none()),
                base);
        AdamW.Options decay = AdamW.Options.defaults().withWeightDecay(0.1);
        Augmentation flip = Augmentation.none().withFlip();
        assertEquals(
                new Training(TWENTY, 64, 0.5, 3, decay, 0, 0.9, flip, true, HeldOut.every(7)),
                base.withBatchSize(64)
                        .withRate(0.5)
                        .withWarmup(3)
                        .withOptimizer(decay)
                        .withClipNorm(0)
                        .withAverageDecay(0.9)
                        .withAugmentation(flip)
                        .withCheckpointActivations(true)
                        .withHeldOut(HeldOut.every(7)));
        assertEquals(new Length(30, Length.Unit.EPOCHS), base.withLength(30).length());
        assertEquals(3, base.withLength(30).warmup());
        assertEquals(new Length(50, Length.Unit.STEPS), Training.steps(50).length());
        assertEquals(2, Training.steps(50).warmup());
    }

    @Test
    void trainingOptionsOutOfRangeAreRefused() {
        Training base = Training.epochs(20);
        Expect.refused(() -> Training.epochs(0), "epochs >= 1", "got 0");
        Expect.refused(() -> Training.steps(0), "steps >= 1", "got 0");
        Expect.refused(() -> HeldOut.every(0), "every >= 1", "0");
        Expect.refused(() -> HeldOut.every(1).withPart(1), "part in (0, 1)", "1.0");
        Expect.refused(() -> HeldOut.every(1).withPatience(0), "patience >= 1", "0");
        Expect.refused(() -> base.withBatchSize(0), "batch >= 1", "got 0,");
        Expect.refused(() -> base.withRate(0), "rate > 0", "0.0");
        Expect.refused(() -> base.withRate(Double.NaN), "rate > 0", "NaN");
        Expect.refused(() -> base.withRate(Double.POSITIVE_INFINITY), "rate", "Infinity");
        Expect.refused(() -> base.withWarmup(20), "warm-up < length", "20.0 of 20 epochs");
        Expect.refused(() -> base.withWarmup(-1), "warm-up", "-1.0");
        Expect.refused(() -> base.withClipNorm(-1), "clip norm >= 0", "-1.0");
        Expect.refused(() -> base.withClipNorm(Double.NaN), "clip norm >= 0", "NaN");
        Expect.refused(() -> base.withAverageDecay(1), "decay in [0, 1)", "1.0");
        Expect.refused(() -> base.withAverageDecay(-0.1), "decay in [0, 1)", "-0.1");
    }

    @Test
    void tailWeightsAreShares() {
        assertEquals(new OriginalImage(Weighting.SIGNAL_SHARE, 0.1), Objective.originalImage());
        assertEquals(0, Objective.originalImage().withTailWeight(0).tailWeight());
        Expect.refused(() -> Objective.originalImage().withTailWeight(1.1), "[0, 1]", "1.1");
        Expect.refused(() -> Objective.originalImage().withTailWeight(-0.1), "[0, 1]", "-0.1");
        Expect.refused(() -> Objective.originalImage().withTailWeight(Double.NaN), "[0, 1]", "NaN");
    }

    @Test
    void weightsOfALevel() {
        NoiseSchedule additive = NoiseSchedule.additive(2);
        NoiseSchedule linear = NoiseSchedule.linear();
        for (double t : new double[] {0, 0.25, 0.6, 1}) {
            assertEquals(1, Objective.latent().withWeighting(Weighting.UNIFORM).weight(additive, t));
            assertEquals(1 / (1 + 4 * t * t), Objective.latent().weight(additive, t), 1e-12);
            assertEquals(1 - t, Objective.latent().weight(linear, t), 1e-12);
        }
        Objective uniform = Objective.latent().withWeighting(Weighting.UNIFORM);
        assertEquals(NoiseLevel.Quantity.CLEAN, uniform.quantity());
        assertEquals(Weighting.UNIFORM, uniform.weighting());
        assertEquals(Objective.latent(), uniform.withWeighting(Weighting.SIGNAL_SHARE));
    }

    @Test
    void timesOfLevels() {
        NoiseSchedule additive = NoiseSchedule.additive(Math.sqrt(2));
        assertEquals(0.5, additive.timeOf(Math.sqrt(0.5)), 1e-9);
        assertEquals(1, additive.timeOf(Math.sqrt(2)), 1e-9);
        assertEquals(0, additive.timeOf(0), 1e-9);
        assertEquals(0.5, NoiseSchedule.linear().timeOf(1), 1e-9);
        assertEquals(0, NoiseSchedule.single(0.7).timeOf(0.7));
        NoiseSchedule ddpm = NoiseSchedule.ddpm();
        double ratio = ddpm.sigma(0.37) / ddpm.gamma(0.37);
        assertEquals(0.37, ddpm.timeOf(ratio), 1e-6);
        Expect.refused(() -> additive.timeOf(1.5), "sigma", "1.5");
        Expect.refused(() -> NoiseSchedule.single(0.7).timeOf(0.6), "sigma", "0.7", "0.6");
    }

    @Test
    void features() {
        assertEquals(new Features(List.of(), Pooling.AVERAGE, 0.01, OptionalLong.empty(), false), Features.pooled());
        assertEquals(
                new Features(List.of(3), Pooling.TOKENS, 0.5, OptionalLong.of(7), true),
                Features.tokens().after(3).at(0.5).withNoise(7).mirrored());
        Expect.refused(() -> Features.pooled().after(-1), "block", "-1");
        Expect.refused(() -> Features.pooled().at(1.5), "[0, 1]", "1.5");
        Expect.refused(() -> Features.pooled().at(Double.NaN), "[0, 1]", "NaN");
    }
}
