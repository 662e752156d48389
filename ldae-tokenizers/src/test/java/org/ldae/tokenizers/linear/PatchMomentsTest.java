package org.ldae.tokenizers.linear;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ldae.compute.Backend;
import org.ldae.core.ImageShape;
import org.ldae.core.Progress;
import org.ldae.core.TokenGrid;
import org.ldae.inference.Patches;
import org.ldae.tokenizers.Samples;
import org.nd4j.linalg.api.ndarray.INDArray;

class PatchMomentsTest {

    private static final ImageShape SHAPE = new ImageShape(2, 6, 9);
    private static final int COUNT = 23;
    private final Patches patches = Patches.of(new TokenGrid(SHAPE, 3));

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 22, 23, 24, 1000})
    void streamingInAnyBlockSizeEqualsTwoPasses(int blockImages) {
        assertMatchesTwoPasses(Samples.walks(COUNT, SHAPE), blockImages, 1e-14);
    }

    @Test
    void aMeanFarAboveTheSpreadCostsNoDigits() {
        // Summing raw products would leave an error of about 1e6 x 2^-52 x count here.
        assertMatchesTwoPasses(Samples.walks(COUNT, SHAPE).addi(-1000), 4, 1e-13);
    }

    @Test
    void covarianceIsExactlySymmetric() {
        double[] covariance = moments(Samples.walks(COUNT, SHAPE), 4).covariance();
        int size = patches.grid().patchSize();
        for (int i = 0; i < covariance.length; i++) {
            assertEquals(covariance[i], covariance[i % size * size + i / size]);
        }
    }

    @Test
    void theNumbersDoNotDependOnTheThreads() {
        INDArray images = Samples.walks(COUNT, SHAPE);
        PatchMoments many = Backend.withThreads(3, () -> moments(images, 10));
        PatchMoments one = Backend.withThreads(1, () -> moments(images, 10));
        assertArrayEquals(one.mean(), many.mean());
        assertArrayEquals(one.covariance(), many.covariance());
    }

    @Test
    void portableProductsAgree() {
        INDArray images = Samples.walks(COUNT, SHAPE);
        double[] expected = moments(images, 10).covariance();
        String former = System.setProperty("ldae.kernels", "portable");
        try {
            assertArrayEquals(expected, moments(images, 10).covariance(), 1e-14);
        } finally {
            if (former == null) {
                System.clearProperty("ldae.kernels");
            } else {
                System.setProperty("ldae.kernels", former);
            }
        }
    }

    @Test
    void blocksOfVeryLargeImagesHoldFew() {
        assertEquals(1, MomentSums.blockImages(Patches.of(new TokenGrid(new ImageShape(3, 4096, 4096), 8))));
        assertEquals(5, MomentSums.blockImages(Patches.of(new TokenGrid(new ImageShape(3, 1024, 1024), 8))));
        assertEquals(8, MomentSums.blockImages(Patches.of(new TokenGrid(new ImageShape(3, 512, 512), 8))));
        assertEquals(2 * 86, MomentSums.blockImages(Patches.of(new TokenGrid(new ImageShape(3, 32, 32), 32))));
    }

    @Test
    void reportsProgressAfterEveryBlock() {
        List<Progress.Event> events = new ArrayList<>();
        PatchMoments.of(Samples.source(Samples.walks(COUNT, SHAPE)), patches, 10, events::add);
        assertEquals(
                List.of(10L, 20L, 23L),
                events.stream().map(Progress.Event::done).toList());
        assertTrue(events.stream().allMatch(event -> event.total() == COUNT));
        assertEquals(0, events.get(2).secondsLeft());
    }

    @Test
    void momentsAroundAnotherPointEqualThoseOfShiftedPatches() {
        int size = patches.grid().patchSize();
        double[] centre = new double[size];
        Arrays.setAll(centre, j -> 0.1 * j - 1);
        double[] rows = patches.patchify(Samples.walks(COUNT, SHAPE)).data().asDouble();
        double[] expected = new double[size * size];
        for (int from = 0; from < rows.length; from += size) {
            for (int i = 0; i < expected.length; i++) {
                int a = i / size;
                int b = i % size;
                expected[i] +=
                        (rows[from + a] - centre[a]) * (rows[from + b] - centre[b]) / ((double) rows.length / size);
            }
        }
        PatchMoments moments = moments(Samples.walks(COUNT, SHAPE), 7);
        assertArrayEquals(expected, moments.around(centre), 1e-13);
        assertArrayEquals(moments.covariance(), moments.around(moments.mean()));
    }

    private PatchMoments moments(INDArray images, int blockImages) {
        return PatchMoments.of(Samples.source(images), patches, blockImages, Progress.none());
    }

    private void assertMatchesTwoPasses(INDArray images, int blockImages, double tolerance) {
        int size = patches.grid().patchSize();
        double[] rows = patches.patchify(images).data().asDouble();
        int count = rows.length / size;
        double[] mean = new double[size];
        for (int i = 0; i < rows.length; i++) {
            mean[i % size] += rows[i] / count;
        }
        double[] covariance = new double[size * size];
        for (int from = 0; from < rows.length; from += size) {
            for (int i = 0; i < size * size; i++) {
                int a = i / size;
                int b = i % size;
                covariance[i] += (rows[from + a] - mean[a]) * (rows[from + b] - mean[b]) / count;
            }
        }
        PatchMoments moments = moments(images, blockImages);
        assertEquals(count, moments.count());
        assertArrayEquals(mean, moments.mean(), 1e-15 * 1000 * Math.max(1, Math.abs(mean[0])));
        assertArrayEquals(covariance, moments.covariance(), tolerance);
    }
}
