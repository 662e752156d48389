package org.ldae.probe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ldae.core.Rng;
import org.ldae.testing.Golden;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class NearestNeighboursTest {

    private static final Golden DATA = Golden.read("probe/data");
    private static final INDArray X = DATA.array("features");
    private static final int[] Y = DATA.integers("labels");
    private static final INDArray TEST = DATA.array("test");

    @ParameterizedTest
    @CsvSource({"1, 0.07", "5, 0.07", "20, 1"})
    void agreesWithNumpy(int k, String temperature) {
        int[] expected = Golden.read("probe/neighbours").integers(k + " " + temperature);
        try (NearestNeighbours neighbours = NearestNeighbours.k(k)
                .withTemperature(Double.parseDouble(temperature))
                .fit(X.dup('f'), Y)) {
            assertArrayEquals(expected, neighbours.predict(TEST));
            assertArrayEquals(expected, neighbours.predict(TEST.mul(1e-3).dup('f')));
        }
    }

    @Test
    void severalBlocksGiveWhatOneGives() {
        int count = 3000;
        float[] values = new float[count * 2];
        Rng.of(4).normals(values, 0, values.length);
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) {
            labels[i] = values[2 * i] > 0 ? 1 : 0;
        }
        INDArray features = Nd4j.create(values, new long[] {count, 2}, 'c');
        try (NearestNeighbours neighbours = NearestNeighbours.k(1).fit(features, labels)) {
            assertEquals(1, neighbours.accuracy(features, labels));
        }
        try (NearestNeighbours neighbours = NearestNeighbours.fit(features, labels)) {
            assertEquals("k-NN (cosine, k 20, temperature 0.07)", neighbours.describe());
            assertEquals(count, neighbours.evaluate(features, labels).size());
        }
    }

    /** In float32 all cosines of such rows are 1, and every image gets the class of the first. */
    @Test
    void oneFeatureOfALargeMeanDoesNotHideTheOthers() {
        int count = 400;
        float[] values = new float[count * 8];
        Rng.of(5).normals(values, 0, values.length);
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) {
            labels[i] = i % 2;
            values[8 * i] = 20_000;
            values[8 * i + 1] += 6 * labels[i];
        }
        INDArray features = Nd4j.create(values, new long[] {count, 8}, 'c');
        try (NearestNeighbours neighbours = NearestNeighbours.fit(features, labels)) {
            assertTrue(neighbours.accuracy(features, labels) > 0.99);
        }
    }

    @Test
    void badOptionsAreRefused() {
        LogisticSolverTest.assertMessage("k: expected at least 1", () -> NearestNeighbours.k(0));
        LogisticSolverTest.assertMessage(
                "temperature", () -> NearestNeighbours.k(1).withTemperature(0));
        LogisticSolverTest.assertMessage(
                "k: expected at most the 60", () -> NearestNeighbours.k(61).fit(X, Y));
        NearestNeighbours neighbours = NearestNeighbours.k(1).fit(X, Y);
        LogisticSolverTest.assertMessage("[N, 6]", () -> neighbours.predict(Nd4j.rand(3, 4)));
    }
}
