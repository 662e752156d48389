package org.ldae.probe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.nd4j.linalg.factory.Nd4j;

/** A logistic regression over parts is that over all rows. */
class FeaturePartsTest {

    private static final int ROWS = 500;
    private static final int WIDTH = 20;

    /** Parts in this process. */
    private record Here(List<FeaturePart> parts) implements FeatureParts {
        @Override
        public <R> List<R> each(Work<R> work) {
            return parts.stream().map(work::on).toList();
        }

        @Override
        public FeatureParts map(Work<FeaturePart> change) {
            return new Here(each(change));
        }

        @Override
        public void close() {}

        static Here of(float[] features, int[] labels, int count) {
            List<FeaturePart> parts = new ArrayList<>();
            for (int part = 0; part < count; part++) {
                int from = ROWS * part / count;
                int to = ROWS * (part + 1) / count;
                parts.add(new FeaturePart(
                        part,
                        Arrays.copyOfRange(features, from * WIDTH, to * WIDTH),
                        Arrays.copyOfRange(labels, from, to)));
            }
            return new Here(parts);
        }
    }

    private final float[] features = new float[ROWS * WIDTH];
    private final int[] labels = new int[ROWS];

    FeaturePartsTest() {
        Rng.of(1).normals(features, 0, features.length);
        for (int i = 0; i < ROWS; i++) {
            labels[i] = i % 3;
            for (int f = 0; f < WIDTH; f++) {
                features[i * WIDTH + f] =
                        100 * f + (1 + f) * (features[i * WIDTH + f] + (f % 3 == labels[i] ? 0.7f : 0));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7})
    void partsHaveTheOptimumOfAllRows(int count) {
        for (LogisticSolver solver : List.of(
                LinearProbe.logistic().withL2(0.01), LinearProbe.logistic().withL2(L2Choice.among(1, 0.1, 1e-3)))) {
            LinearProbe here =
                    solver.fit(Nd4j.createFromArray(features).reshape(ROWS, WIDTH), labels, Rng.of(2), Progress.none());
            LinearProbe there = solver.fit(Here.of(features, labels, count), Rng.of(2), Progress.none());
            assertEquals(
                    here.describe().replaceAll("\\d+ iterations", ""),
                    there.describe().replaceAll("\\d+ iterations", ""));
            assertArrayEquals(
                    here.weights().data().asFloat(), there.weights().data().asFloat(), 1e-4f);
        }
    }

    @Test
    void wrongPartsAreSaid() {
        assertThrows(IllegalArgumentException.class, () -> new FeaturePart(0, new float[5], new int[2]));
        features[77] = Float.NaN;
        Exception failed = assertThrows(
                IllegalArgumentException.class,
                () -> LinearProbe.logistic().fit(Here.of(features, labels, 2), Rng.of(2), Progress.none()));
        assertTrue(String.valueOf(failed.getMessage()).contains("NaN in row 3 of part 0"), failed.getMessage());
    }
}
