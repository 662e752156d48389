package org.ldae.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ldae.compute.Backend;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;
import org.ldae.testing.Ranks;
import org.ldae.testing.SystemProperty;
import org.ldae.tokenizers.Tokenizer;
import org.ldae.training.GradientExchange;
import org.ldae.training.HeldOut;
import org.ldae.training.Training;

/** n processes of t threads end bit-equal to one of n x t. */
class ExchangeTest {

    private static final ImageSource IMAGES = Synthetic.images(40, 1);
    private static final Recipe RECIPE = Synthetic.recipe()
            .withTraining(Training.steps(6)
                    .withBatchSize(16)
                    .withRate(3e-3)
                    .withAverageDecay(0.9)
                    .withHeldOut(HeldOut.every(3)));

    private static final class Outcome {
        private final double[] losses;
        private final float[] weights;

        Outcome(Trainer trainer) {
            losses = trainer.losses();
            weights = trainer.result().toArray();
        }

        static Outcome of(int threads, Tokenizer tokenizer, GradientExchange exchange) {
            return Backend.withThreads(threads, () -> {
                try (Trainer trainer = Trainer.start(RECIPE, tokenizer, IMAGES, Rng.of(3), exchange)) {
                    trainer.run(Progress.none());
                    return new Outcome(trainer);
                }
            });
        }
    }

    @ParameterizedTest
    @CsvSource({"2, 1", "2, 2", "4, 1", "4, 2"})
    void processesEndWithTheBitsOfAsManyThreads(int size, int threads) {
        assumeTrue(Backend.provider().name().equals("cpu"), "the portable kernels run on one thread");
        Tokenizer tokenizer = RECIPE.tokenizer().fit(IMAGES, Rng.of(1), Progress.none());
        SystemProperty.with(SystemProperty.THREADS, 8, () -> {
            Outcome one = Outcome.of(size * threads, tokenizer, GradientExchange.alone());
            for (Outcome rank : Ranks.run(size, exchange -> Outcome.of(threads, tokenizer, exchange))) {
                assertArrayEquals(one.losses, rank.losses);
                assertArrayEquals(one.weights, rank.weights);
            }
            assertEquals(6, one.losses.length);
            return one;
        });
    }
}
