package org.ldae.tokenizers.linear;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ldae.compute.Backend;
import org.ldae.core.ImageShape;
import org.ldae.data.ImageSource;
import org.ldae.tokenizers.Samples;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Ranges summed in any order, on any number of threads, give the fit of all images in one process. */
class PatchRangesTest {

    private static final ImageShape SHAPE = new ImageShape(1, 64, 64);
    private static final PatchPCA.Options OPTIONS = PatchPCA.patch(4).components(3);

    private static ImageSource images(int count) {
        ImageSource some = Samples.source(Samples.walks(50, SHAPE));
        return some.select(IntStream.range(0, count).map(i -> i * 7 % 50).toArray());
    }

    private static Map<String, INDArray> tensors(PatchPCA fitted) {
        return fitted.tensors();
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 600, 1500})
    void rangesInAnyOrderGiveTheSameBits(int count) {
        ImageSource images = images(count);
        PatchRanges ranges = PatchRanges.of(OPTIONS, SHAPE, count);
        double[] centre = ranges.centre(images::read);
        PatchRanges.Total total = new PatchRanges.Total(centre);
        List<Integer> order = IntStream.range(0, ranges.count()).boxed().collect(Collectors.toList());
        Collections.reverse(order);
        for (int range : order) {
            total.add(range, Backend.withThreads(1, () -> ranges.sum(range, centre, images::read)));
        }
        assertEquals(tensors(PatchPCA.fit(images, OPTIONS)), tensors(ranges.fit(OPTIONS, total)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 512, 513, 100_000, 1_234_567})
    void rangesCoverAllImagesOnce(int count) {
        PatchRanges ranges = PatchRanges.of(OPTIONS, SHAPE, count);
        assertEquals(0, ranges.first(0));
        assertEquals(count, ranges.first(ranges.count()));
        for (int range = 0; range < ranges.count(); range++) {
            assertEquals(range, ranges.rangeOf(ranges.first(range)));
            assertEquals(range, ranges.rangeOf(ranges.first(range + 1) - 1));
        }
        assertEquals(
                0,
                Arrays.stream(ranges.centreImages())
                        .filter(i -> i >= ranges.first(1))
                        .count());
    }

    @Test
    void missingRangesAndFewerImagesAreSaid() {
        PatchRanges ranges = PatchRanges.of(OPTIONS, SHAPE, 600);
        PatchRanges.Total none = new PatchRanges.Total(new double[16]);
        assertThrows(IllegalStateException.class, () -> ranges.fit(OPTIONS, none));
        assertThrows(IllegalArgumentException.class, () -> PatchRanges.of(OPTIONS.withImages(10), SHAPE, 11));
    }
}
