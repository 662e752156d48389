package org.ldae.baselines;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.Augmentation;
import org.ldae.data.ColourJitter;
import org.ldae.data.ImageSource;
import org.ldae.data.RandomCrop;
import org.ldae.inference.Features;
import org.ldae.models.LatentDAE;
import org.ldae.models.PlainEncoder;
import org.ldae.models.Recipe;
import org.ldae.models.Synthetic;
import org.ldae.models.Trainer;
import org.ldae.perceptual.FeatureNet;
import org.ldae.tokenizers.Tokenizer;
import org.ldae.tokenizers.conv.Adversarial;
import org.ldae.tokenizers.conv.ConvSizes;
import org.ldae.tokenizers.conv.ConvVAE;
import org.ldae.tokenizers.linear.PatchAE;
import org.ldae.tokenizers.linear.PatchPCA;
import org.ldae.tokenizers.linear.PatchVAE;
import org.ldae.training.HeldOut;
import org.ldae.training.Saving;
import org.ldae.training.Session;
import org.ldae.training.Training;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What all that is trained by gradient has in common. */
class EveryTrainerTest {

    private static final ImageSource IMAGES = images();
    private static final int STEPS = 8;

    @TempDir
    Path folder;

    private static ImageSource images() {
        INDArray waves = Synthetic.waves(30, 3);
        int[] labels = IntStream.range(0, 30).map(i -> i % 3).toArray();
        return ImageSource.of(waves, labels, List.of("a", "b", "c"));
    }

    private static Training training() {
        return Training.steps(STEPS).withBatchSize(5).withRate(3e-3).withHeldOut(HeldOut.every(3));
    }

    /** Trained with some options; what it comes to in numbers. */
    enum Kind {
        LATENT_DAE {
            @Override
            float[] train(Training training, Session session) {
                return denoising(Synthetic.recipe(), training, session);
            }
        },
        MASKED_AUTOENCODER {
            @Override
            float[] train(Training training, Session session) {
                return denoising(
                        Recipe.masked(PatchPCA.patch(4).components(16), Synthetic.network()), training, session);
            }
        },
        SIMCLR {
            @Override
            float[] train(Training training, Session session) {
                return contrastive(Contrastive.simclr(4, Synthetic.network(), training), session);
            }
        },
        MOCO_V3 {
            @Override
            float[] train(Training training, Session session) {
                return contrastive(Contrastive.mocoV3(4, Synthetic.network(), training), session);
            }
        },
        SUPERVISED {
            @Override
            float[] train(Training training, Session session) {
                Supervised options = Supervised.of(4, Synthetic.network(), training)
                        .withMixUp(0.8)
                        .withCutMix(1)
                        .withLabelSmoothing(0.1);
                try (ViTClassifier classifier = options.train(IMAGES, Rng.of(1), session)) {
                    return numbers(classifier.scores(IMAGES));
                }
            }
        },
        FINE_TUNING {
            @Override
            float[] train(Training training, Session session) {
                Training start = Training.steps(2).withBatchSize(5);
                Recipe first = Synthetic.recipe().withTraining(start);
                try (LatentDAE model = first.train(IMAGES, Rng.of(2), Progress.none());
                        PlainEncoder encoder = model.plainEncoder(0);
                        ViTClassifier classifier = Supervised.from(encoder, training)
                                .withLayerDecay(0.7)
                                .train(IMAGES, Rng.of(1), session)) {
                    return numbers(classifier.scores(IMAGES));
                }
            }
        },
        CONV_VAE {
            @Override
            float[] train(Training training, Session session) {
                return numbers(ConvVAE.fit(
                        IMAGES,
                        ConvVAE.factor(2)
                                .channels(1)
                                .withSizes(ConvSizes.tiny(2))
                                .withTraining(training)
                                .withAdversarial(new Adversarial(0.5, 2, 4, 1)),
                        Rng.of(1),
                        session));
            }
        },
        FEATURE_NET {
            @Override
            float[] train(Training training, Session session) {
                FeatureNet.Options options = FeatureNet.small().withSize(4, 1).withTraining(training);
                try (FeatureNet net = FeatureNet.fit(IMAGES, options, Rng.of(1), session)) {
                    return numbers(net.represent(IMAGES));
                }
            }
        },
        PATCH_AE {
            @Override
            float[] train(Training training, Session session) {
                PatchAE.Options options = PatchAE.patch(4).dimension(5).withTraining(training);
                return numbers(PatchAE.fit(IMAGES, options, Rng.of(1), session));
            }
        },
        PATCH_VAE {
            @Override
            float[] train(Training training, Session session) {
                PatchVAE.Options options = PatchVAE.patch(4).dimension(5).withTraining(training);
                return numbers(PatchVAE.fit(IMAGES, options, Rng.of(1), session));
            }
        };

        abstract float[] train(Training training, Session session);

        private static float[] contrastive(Contrastive options, Session session) {
            Training unchecked = options.training().withHeldOut(HeldOut.none());
            try (PlainEncoder encoder = options.withTraining(unchecked).train(IMAGES, Rng.of(1), session)) {
                return numbers(encoder.represent(IMAGES, Features.pooled()));
            }
        }

        private static float[] denoising(Recipe untrained, Training training, Session session) {
            Recipe recipe = untrained.withTraining(training);
            Path file = session.saving().file().orElse(Path.of("none"));
            try (Trainer trainer = Files.exists(file)
                    ? Trainer.resume(file, recipe, IMAGES, Rng.of(1))
                    : Trainer.start(recipe, IMAGES, Rng.of(1), Progress.none())) {
                trainer.run(session.progress(), session.saving());
                if (!trainer.finished()) {
                    throw new CancellationException();
                }
                try (LatentDAE model = trainer.model()) {
                    return numbers(model.represent(IMAGES, Features.pooled()));
                }
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        private static float[] numbers(INDArray array) {
            return array.data().asFloat();
        }

        private static float[] numbers(Tokenizer tokenizer) {
            return numbers(tokenizer.encode(IMAGES.images(0, 1, 2, 3)));
        }
    }

    @ParameterizedTest
    @EnumSource
    void killedAndResumedItEndsWithTheSameBits(Kind kind) {
        float[] whole = kind.train(training(), Session.of(Progress.none()));
        Path file = folder.resolve("run.safetensors");
        Saving saving = Saving.to(file).withSeconds(0);
        // Killed as by kill -9: nothing is saved at the end, the last file is that of two steps before.
        class Killed extends RuntimeException {
            private static final long serialVersionUID = 1;
        }
        Progress killer = event -> {
            if (event.done() == 5 && event.total() == STEPS) {
                throw new Killed();
            }
        };
        assertThrows(
                Killed.class, () -> kind.train(training(), Session.of(killer).withSaving(saving)));
        assertTrue(Files.exists(file));
        List<Long> done = new ArrayList<>();
        Progress listener = event -> {
            if (event.total() == STEPS) {
                done.add(event.done());
            }
        };
        float[] resumed = kind.train(training(), Session.of(listener).withSaving(saving));
        assertArrayEquals(whole, resumed);
        assertArrayEquals(new Long[] {5L, 6L, 7L, 8L}, done.toArray());
    }

    @ParameterizedTest
    @EnumSource
    void interruptedItSaysWhereItGoesOn(Kind kind) {
        float[] whole = kind.train(training(), Session.of(Progress.none()));
        Path file = folder.resolve("run.safetensors");
        Progress interrupter = event -> {
            if (event.done() == 5 && event.total() == STEPS) {
                Thread.currentThread().interrupt();
            }
        };
        Saving saving = Saving.to(file).withSeconds(1000);
        assertThrows(
                CancellationException.class,
                () -> kind.train(training(), Session.of(interrupter).withSaving(saving)));
        assertTrue(Thread.interrupted());
        assertArrayEquals(
                whole, kind.train(training(), Session.of(Progress.none()).withSaving(saving)));
    }

    /** Each way of changing images. */
    @SuppressWarnings("ImmutableEnumChecker") // a lambda without state
    enum Change {
        FLIP(Augmentation::withFlip),
        SHIFT(none -> none.withShift(1)),
        CROP(none -> none.withCrop(RandomCrop.of(0.5))),
        JITTER(none -> none.withJitter(new ColourJitter(0.2, 0.2, 0))),
        ALL(none ->
                none.withFlip().withShift(2).withCrop(RandomCrop.of(0.5)).withJitter(new ColourJitter(0.2, 0.2, 0)));

        private final UnaryOperator<Augmentation> change;

        Change(UnaryOperator<Augmentation> change) {
            this.change = change;
        }
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"PATCH_AE", "PATCH_VAE"})
    void everyAugmentationTrains(Kind kind) {
        Training brief = training().withLength(3);
        float[] plain = kind.train(brief, Session.of(Progress.none()));
        for (Change change : Change.values()) {
            Training changed = brief.withAugmentation(change.change.apply(Augmentation.none()));
            float[] augmented = kind.train(changed, Session.of(Progress.none()));
            assertTrue(!Arrays.equals(plain, augmented), change + " changes what is learnt");
        }
    }

    @Test
    void linearAutoencodersRefuseAugmentation() {
        Training flipped = training().withAugmentation(Augmentation.none().withFlip());
        assertThrows(
                IllegalArgumentException.class,
                () -> PatchAE.patch(4).dimension(5).withTraining(flipped));
    }
}
