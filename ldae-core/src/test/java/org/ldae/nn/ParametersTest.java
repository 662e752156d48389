package org.ldae.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.ldae.compute.Tensor;
import org.ldae.core.Rng;
import org.ldae.nn.Parameters.Init;

class ParametersTest {

    private static float[] values(Parameters parameters, String name) {
        return parameters.view(parameters.values(), name).toArray();
    }

    @Test
    void liesInOneBufferInTheOrderOfDeclaration() {
        Parameters.Layout layout = Parameters.layout();
        layout.add("b", 2, 3, Init.ONES);
        layout.add("a", 1, 4, Init.ZEROS);
        layout.add("c", 5, 1, Init.ONES);
        assertEquals(15, layout.count());
        try (Parameters parameters = layout.initialise(Rng.of(0))) {
            assertEquals(15, parameters.count());
            assertEquals(List.of("b", "a", "c"), List.copyOf(parameters.names()));
            assertEquals(
                    List.of(
                            new Parameters.Slot("b", 2, 3, 0, Init.ONES),
                            new Parameters.Slot("a", 1, 4, 6, Init.ZEROS),
                            new Parameters.Slot("c", 5, 1, 10, Init.ONES)),
                    parameters.slots());
            float[] flat = parameters.values().toArray();
            float[] expected = new float[flat.length];
            Arrays.fill(expected, 0, 6, 1);
            Arrays.fill(expected, 10, 15, 1);
            assertArrayEquals(expected, flat);
            Tensor view = parameters.view(parameters.values(), "b");
            assertEquals(2, view.rows());
            assertEquals(3, view.columns());
        }
    }

    @Test
    void buffersHaveTheSameLayoutAndStartAtZero() {
        Parameters.Layout layout = Parameters.layout();
        layout.add("w", 3, 1000, Init.ONES);
        try (Parameters parameters = layout.initialise(Rng.of(0));
                Tensor buffer = parameters.buffer()) {
            assertEquals(parameters.values().rows(), buffer.rows());
            assertEquals(parameters.values().columns(), buffer.columns());
            assertTrue(buffer.size() >= 3000);
            assertArrayEquals(new float[buffer.size()], buffer.toArray());
            float[] ones = new float[3000];
            Arrays.fill(ones, 1);
            parameters.view(buffer, "w").put(ones);
            assertArrayEquals(parameters.values().toArray(), buffer.toArray());
        }
    }

    @Test
    void aNetworkWithoutParametersIsPossible() {
        try (Parameters parameters = Parameters.layout().initialise(Rng.of(0))) {
            assertEquals(0, parameters.count());
            assertTrue(parameters.names().isEmpty());
        }
    }

    @Test
    void aNameTwiceIsAnError() {
        Parameters.Layout layout = Parameters.layout();
        layout.add("head.weight", 2, 2, Init.ZEROS);
        IllegalArgumentException thrown =
                assertThrows(IllegalArgumentException.class, () -> layout.add("head.weight", 3, 3, Init.ZEROS));
        assertEquals("parameter head.weight: declared twice", thrown.getMessage());
        assertEquals(4, layout.count());
    }

    @Test
    void anUnknownNameIsAnErrorThatListsTheKnown() {
        Parameters.Layout layout = Parameters.layout();
        layout.add("head.weight", 2, 2, Init.ZEROS);
        try (Parameters parameters = layout.initialise(Rng.of(0))) {
            IllegalArgumentException thrown =
                    assertThrows(IllegalArgumentException.class, () -> values(parameters, "tail.weight"));
            assertEquals("parameter tail.weight: none of this name among [head.weight]", thrown.getMessage());
        }
    }

    @Test
    void startValuesDependOnSeedAndNameOnly() {
        Parameters.Layout one = Parameters.layout();
        one.add("a", 3, 4, Init.XAVIER_UNIFORM);
        one.add("b", 3, 4, Init.NORMAL);
        Parameters.Layout other = Parameters.layout();
        other.add("before", 7, 5, Init.XAVIER_UNIFORM);
        other.add("b", 3, 4, Init.NORMAL);
        other.add("a", 3, 4, Init.XAVIER_UNIFORM);
        other.add("a2", 3, 4, Init.XAVIER_UNIFORM);
        try (Parameters first = one.initialise(Rng.of(5));
                Parameters second = other.initialise(Rng.of(5));
                Parameters reseeded = one.initialise(Rng.of(6))) {
            assertArrayEquals(values(first, "a"), values(second, "a"));
            assertArrayEquals(values(first, "b"), values(second, "b"));
            assertFalse(Arrays.equals(values(second, "a"), values(second, "a2")));
            assertFalse(Arrays.equals(values(first, "a"), values(reseeded, "a")));
            assertNotEquals(values(first, "b")[0], values(reseeded, "b")[0]);
        }
    }

    @Test
    void xavierFillsItsBoundsEvenly() {
        Parameters.Layout layout = Parameters.layout();
        layout.add("w", 200, 100, Init.XAVIER_UNIFORM);
        try (Parameters parameters = layout.initialise(Rng.of(1))) {
            double bound = Math.sqrt(6.0 / 300);
            double sum = 0;
            double squares = 0;
            double largest = 0;
            for (float v : values(parameters, "w")) {
                sum += v;
                squares += (double) v * v;
                largest = Math.max(largest, Math.abs(v));
            }
            assertTrue(largest <= bound && largest > 0.999 * bound);
            assertEquals(0, sum / 20_000, 4 * bound / Math.sqrt(3 * 20_000));
            assertEquals(bound * bound / 3, squares / 20_000, 0.03 * bound * bound / 3);
        }
    }

    @Test
    void normalHasDeviationTwoHundredths() {
        Parameters.Layout layout = Parameters.layout();
        layout.add("w", 200, 100, Init.NORMAL);
        try (Parameters parameters = layout.initialise(Rng.of(1))) {
            double squares = 0;
            for (float v : values(parameters, "w")) {
                squares += (double) v * v;
            }
            assertEquals(0.02, Math.sqrt(squares / 20_000), 0.0005);
        }
    }
}
