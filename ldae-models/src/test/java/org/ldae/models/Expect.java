package org.ldae.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.function.Executable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Assertions on arrays and messages. */
public final class Expect {

    private Expect() {}

    /** Every number within a tolerance, relative to the largest expected one. */
    public static void close(String name, float[] expected, float[] actual, double tolerance) {
        assertEquals(expected.length, actual.length, name);
        double largest = 0;
        double worst = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            // max keeps a NaN.
            worst = Math.max(worst, Math.abs((double) expected[i] - actual[i]));
        }
        double error = worst;
        double bound = tolerance * Math.max(largest, 1e-3);
        assertTrue(error <= bound, () -> "%s: off by %.3g, allowed %.3g".formatted(name, error, bound));
    }

    public static void close(String name, INDArray expected, INDArray actual, double tolerance) {
        assertEquals(java.util.Arrays.toString(expected.shape()), java.util.Arrays.toString(actual.shape()), name);
        close(name, numbers(expected), numbers(actual), tolerance);
    }

    public static float[] numbers(INDArray array) {
        return array.dup('c').data().asFloat();
    }

    public static void refused(Class<? extends Exception> type, Executable call, String... parts) {
        String message = String.valueOf(assertThrows(type, call).getMessage());
        for (String part : parts) {
            assertTrue(message.contains(part), () -> "expected '" + part + "' in: " + message);
        }
    }

    public static void refused(Executable call, String... parts) {
        refused(IllegalArgumentException.class, call, parts);
    }
}
