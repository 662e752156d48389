package org.ldae.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ldae.models.Expect;
import org.ldae.testing.Golden;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** The distance against scipy's matrix square root (src/test/python/frechet.py). */
class FrechetDistanceTest {

    private static final Golden GOLDEN = Golden.read("models/frechet");

    @ParameterizedTest
    @CsvSource({"a, b", "a, few", "few, b", "flat, b", "flat, a", "flat, few"})
    void equalsScipysWhateverTheRanks(String first, String second) {
        INDArray a = GOLDEN.floatArray(first);
        INDArray b = GOLDEN.floatArray(second);
        double expected = GOLDEN.doubles(first + "." + second)[0];
        assertEquals(expected, FrechetDistance.between(a, b), 1e-5 * expected);
        assertEquals(expected, FrechetDistance.between(b, a), 1e-5 * expected);
    }

    @Test
    void aSetIsAtNoDistanceFromItselfAndAShiftIsItsSquare() {
        for (String name : new String[] {"a", "flat", "few"}) {
            INDArray features = GOLDEN.floatArray(name);
            assertEquals(0, FrechetDistance.between(features, features), 1e-5);
            assertEquals(6 * 4, FrechetDistance.between(features, features.add(2)), 1e-4);
        }
    }

    @Test
    void viewsAreReadAsWhatTheyShow() {
        INDArray a = GOLDEN.floatArray("a");
        INDArray b = GOLDEN.floatArray("b");
        INDArray wide = Nd4j.hstack(a, a);
        INDArray view = wide.get(NDArrayIndex.all(), NDArrayIndex.interval(0, 6));
        double expected = FrechetDistance.between(a, b);
        assertEquals(expected, FrechetDistance.between(view, b), 1e-9);
        assertEquals(expected, FrechetDistance.between(a.dup('f'), b), 1e-9);
        assertEquals(expected, FrechetDistance.between(a.castTo(DataType.DOUBLE), b), 1e-9);
    }

    @Test
    void whatDoesNotFitIsRefused() {
        INDArray a = GOLDEN.floatArray("a");
        Expect.refused(() -> FrechetDistance.between(a, Nd4j.zeros(DataType.FLOAT, 5, 7)), "F = 6", "F = 7");
        Expect.refused(() -> FrechetDistance.between(a, Nd4j.zeros(DataType.FLOAT, 1, 6)), "N >= 2", "[1, 6]");
        Expect.refused(() -> FrechetDistance.between(a.reshape(40, 6, 1), a), "[N, F]");
        INDArray broken = a.dup();
        broken.putScalar(3, 2, Float.NaN);
        Expect.refused(() -> FrechetDistance.between(a, broken), "finite");
    }
}
