package org.ldae.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ldae.compute.Backend;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.testing.Ranks;
import org.ldae.testing.SystemProperty;

/** Processes that train together end as one process of as many threads. */
class GradientExchangeTest {

    private static Means means(Training training) {
        return new Means(Means.random(20), Optional.of(Means.constant(5, 0.5)), training);
    }

    /** Losses and numbers of networks after some steps. */
    private record Outcome(List<Double> losses, List<Float> values) {
        static Outcome of(int threads, boolean game, GradientExchange exchange) {
            Training training = Training.steps(20)
                    .withBatchSize(16)
                    .withRate(0.05)
                    .withClipNorm(0.1)
                    .withHeldOut(HeldOut.every(10).withPatience(4));
            return Backend.withThreads(threads, () -> {
                try (Means task = means(training)) {
                    if (game) {
                        task.rival();
                    }
                    try (TrainingLoop loop = new TrainingLoop(task, training, Rng.of(9), exchange)) {
                        loop.run(Progress.none(), Saving.none());
                        List<Double> losses = new ArrayList<>(
                                Arrays.stream(loop.losses()).boxed().toList());
                        losses.add(loop.heldOutLoss());
                        List<Float> values = new ArrayList<>();
                        for (int network = 0; network < (game ? 2 : 1); network++) {
                            for (float value : task.values(network)) {
                                values.add(value);
                            }
                        }
                        return new Outcome(losses, values);
                    }
                }
            });
        }
    }

    @ParameterizedTest
    @CsvSource({"2, 1, false", "2, 2, false", "4, 1, false", "4, 2, false", "2, 2, true", "4, 1, true"})
    void processesEndWithTheBitsOfAsManyThreads(int size, int threads, boolean game) {
        SystemProperty.during(SystemProperty.THREADS, 8, () -> {
            Outcome one = Outcome.of(size * threads, game, GradientExchange.alone());
            for (Outcome rank : Ranks.run(size, exchange -> Outcome.of(threads, game, exchange))) {
                assertEquals(one, rank);
            }
        });
    }

    @Test
    void aBatchThatCannotBeSplitEvenlyIsRefused() {
        Training odd = Training.steps(400).withBatchSize(3);
        try (Means task = means(odd)) {
            String message = String.valueOf(assertThrows(
                            IllegalArgumentException.class,
                            () -> new TrainingLoop(task, odd, Rng.of(9), new Pair()).close())
                    .getMessage());
            assertTrue(message.contains("2 processes") && message.contains("batch 3"), message);
        }
    }

    /** The first of two. */
    private static final class Pair implements GradientExchange {
        @Override
        public int rank() {
            return 0;
        }

        @Override
        public int size() {
            return 2;
        }

        @Override
        public void sum(float[] values) {}
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1.5, 1e-310, Math.PI, 1e300, Double.NaN, Double.POSITIVE_INFINITY})
    void lossesAreExchangedToTheLastBit(double loss) {
        for (List<Double> seen : Ranks.run(2, exchange -> {
            Losses losses = new Losses(exchange, 1);
            losses.put(0, exchange.rank() == 1 ? loss : 0);
            return List.of(losses.total());
        })) {
            assertEquals(Double.doubleToLongBits(loss + 0.0), Double.doubleToLongBits(seen.get(0)));
        }
    }
}
