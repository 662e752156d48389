package org.ldae.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LearningRateTest {

    private static final LearningRate RATE = new LearningRate(0.4, 10, 110);

    @Test
    void risesLinearlyToThePeak() {
        assertEquals(0.04, RATE.at(1), 1e-12);
        assertEquals(0.2, RATE.at(5), 1e-12);
        assertEquals(0.4, RATE.at(10), 1e-12);
    }

    @Test
    void fallsOnHalfACosineToAlmostZero() {
        assertEquals(0.4, RATE.at(11), 1e-12);
        assertEquals(0.2 * (1 + Math.cos(Math.PI / 4)), RATE.at(36), 1e-12);
        assertEquals(0.2, RATE.at(61), 1e-12);
        assertEquals(0.2 * (1 + Math.cos(Math.PI * 0.99)), RATE.at(110), 1e-12);
        for (long step = 11; step < 110; step++) {
            assertTrue(RATE.at(step + 1) < RATE.at(step) && RATE.at(step + 1) > 0);
        }
    }

    @Test
    void startsAtThePeakWithoutWarmUp() {
        LearningRate cold = new LearningRate(1, 0, 4);
        assertEquals(1, cold.at(1), 1e-12);
        assertEquals(0.5, cold.at(3), 1e-12);
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 10", "-1, 0, 10", "NaN, 0, 10", "0.1, -1, 10", "0.1, 10, 10", "0.1, 11, 10", "0.1, 0, 0"})
    void impossibleSettingsAreErrorsThatPrintThem(double peak, long warmup, long total) {
        IllegalArgumentException thrown =
                assertThrows(IllegalArgumentException.class, () -> new LearningRate(peak, warmup, total));
        assertTrue(
                String.valueOf(thrown.getMessage()).contains("got %s, %d, %d".formatted(peak, warmup, total)),
                thrown::getMessage);
    }

    @Test
    void budgetsThatNumbersCantHoldAreRefused() {
        for (double budget : new double[] {0, Double.NaN, 1e20}) {
            assertThrows(IllegalArgumentException.class, () -> Training.flops(budget), () -> "" + budget);
        }
        Training long18 = Training.flops(9e18).withBatchSize(1);
        assertThrows(IllegalArgumentException.class, () -> long18.inSteps(() -> 10));
        assertEquals(
                1_800_000_000, long18.inSteps(() -> 5_000_000_000L).length().count());
    }
}
