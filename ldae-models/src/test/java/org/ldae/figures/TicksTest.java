package org.ldae.figures;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TicksTest {

    private static List<String> labels(double low, double high, boolean logarithmic, int most) {
        return Ticks.of(new Range(low, high, logarithmic), ticks -> ticks.size() <= most).stream()
                .map(Ticks.Tick::label)
                .toList();
    }

    @Test
    void evenTicksAreRoundNumbersOfTheDensestStepThatFits() {
        assertEquals(List.of("0", "20", "40", "60"), labels(0, 67, false, 5));
        assertEquals(List.of("0", "10", "20", "30", "40", "50", "60"), labels(0, 67, false, 9));
        assertEquals(List.of("-0.5", "0.0", "0.5"), labels(-0.7, 0.9, false, 4));
        assertEquals(List.of("0", "1,000", "2,000"), labels(-30, 2300, false, 4));
        assertEquals(List.of("0.0002", "0.0004"), labels(0.0001, 0.0005, false, 3));
        assertEquals(List.of("2e12", "4e12"), labels(1e12, 5e12, false, 3));
    }

    @Test
    void logarithmicTicksAreDecadesWhereThereAreEnough() {
        assertEquals(List.of("1", "10", "100", "1,000"), labels(0.7, 2000, true, 5));
        assertEquals(List.of("1", "100"), labels(0.7, 2000, true, 3));
        assertEquals(List.of("0.1", "0.2", "0.5", "1"), labels(0.08, 1.1, true, 5));
        assertEquals(List.of("1e-5", "1e-4", "0.001"), labels(1e-5, 2e-3, true, 4));
    }

    @Test
    void aNarrowLogarithmicRangeHasEvenTicks() {
        assertEquals(List.of("1.2", "1.4", "1.6"), labels(1.1, 1.7, true, 4));
    }

    @ParameterizedTest
    @CsvSource({
        "8, 8",
        "0.5, 0.5",
        "12345678, 1.23e7",
        "1500, '1,500'",
        "0, 0",
        "-0.00012, -1.2e-4",
        "0.3333333, 0.33333"
    })
    void numbersAreWrittenBriefly(double value, String written) {
        assertEquals(written, Ticks.brief(value));
    }

    @Test
    void theNumberOfTicksIsBoundedForAnyRange() {
        for (double low : new double[] {-1e200, -1, 0, 1e-200, 1, 1e15}) {
            for (double span : new double[] {1e-3, 1, 7.3, 1e15, 1e100}) {
                int ticks = labels(low, low + span * Math.max(1, Math.abs(low) * 1e-6), false, 100)
                        .size();
                assertTrue(ticks <= 12, low + " + " + span + ": " + ticks);
            }
        }
    }
}
