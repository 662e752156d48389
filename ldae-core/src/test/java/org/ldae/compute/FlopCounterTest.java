package org.ldae.compute;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Method;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.ldae.compute.Kernels.Qkv;
import org.ldae.compute.Kernels.Transpose;

class FlopCounterTest {

    private final FlopCounter counter = new FlopCounter();

    @Test
    void productsCountTwiceTheirMultiplicationsHoweverTheyAreTransposed() {
        try (Tensor a = Tensor.zeros(3, 5);
                Tensor at = Tensor.zeros(5, 3);
                Tensor b = Tensor.zeros(5, 7);
                Tensor bt = Tensor.zeros(7, 5);
                Tensor c = Tensor.zeros(3, 7)) {
            counter.kernels().gemm(Transpose.NONE, a, b, 0, c);
            assertEquals(2 * 3 * 5 * 7, counter.flops());
            counter.kernels().gemm(Transpose.FIRST, at, b, 1, c);
            counter.kernels().gemm(Transpose.SECOND, a, bt, 0, c);
            assertEquals(3 * 2 * 3 * 5 * 7, counter.flops());
            assertArrayEquals(new float[21], c.toArray());
        }
    }

    @Test
    void aLinearLayerCountsItsWeightsForwardAndTwiceBackward() {
        try (Tensor x = Tensor.zeros(6, 4);
                Tensor dy = Tensor.zeros(6, 3);
                Tensor weight = Tensor.zeros(3, 4);
                Tensor bias = Tensor.zeros(1, 3)) {
            counter.kernels().linear(x, weight, 0, dy);
            assertEquals(2 * 6 * 4 * 3, counter.flops());
            counter.kernels().linearBackward(dy, weight, 0, x);
            assertEquals(2 * 2 * 6 * 4 * 3, counter.flops());
            counter.kernels().linearGradient(x, dy, weight, bias);
            assertEquals(3 * 2 * 6 * 4 * 3, counter.flops());
        }
    }

    @Test
    void attentionCountsPairsOfTokensOfAnImage() {
        try (Tensor fused = Tensor.zeros(2 * 5, 3 * 8);
                Tensor probabilities = Tensor.zeros(2 * 2 * 5, 5);
                Tensor y = Tensor.zeros(10, 8)) {
            Qkv qkv = Qkv.of(fused, 5, 2);
            counter.kernels().attention(qkv, probabilities, y);
            assertEquals(2 * 2 * (2 * 5 * 5 * 8), counter.flops());
            counter.kernels().attentionBackward(qkv, probabilities, y, qkv);
            assertEquals(2 * 6 * (2 * 5 * 5 * 8), counter.flops());
        }
    }

    @Test
    void convolutionsCountAWindowForEachPixelThatComesOut() {
        // 8 x 6 maps of 3 channels, windows of 3 at every second pixel, 5 filters, two images.
        ConvolutionShape shape = new ConvolutionShape(new MapShape(8, 6, 3), new Window(3, 2, 1, 1), 5);
        long all = 2L * 2 * shape.output().height() * shape.output().width() * 5 * 27;
        try (Tensor x = Tensor.zeros(2 * 48, 3);
                Tensor weight = Tensor.zeros(5, 27);
                Tensor y = Tensor.zeros(
                        2 * shape.output().height() * shape.output().width(), 5)) {
            ImageKernels images = counter.kernels().images();
            images.convolve(shape, x, weight, 0, y);
            assertEquals(all, counter.flops());
            images.convolveBackwardData(shape, y, weight, 0, x);
            images.convolveBackwardWeight(shape, x, y, weight);
            assertEquals(3 * all, counter.flops());
        }
    }

    /** A new kernel is either counted or passes over numbers a fixed number of times: then it is named here. */
    @Test
    void everyKernelIsCountedOrKnownToPassOverNumbersOnly() {
        Set<String> names = new TreeSet<>();
        Stream.of(Kernels.class, ImageKernels.class)
                .flatMap(type -> Stream.of(type.getMethods()))
                .map(Method::getName)
                .forEach(names::add);
        names.removeAll(Set.of("gemm", "linear", "linearBackward", "linearGradient", "attention", "attentionBackward"));
        names.removeAll(Set.of("convolve", "convolveBackwardData", "convolveBackwardWeight"));
        Set<String> passes = new TreeSet<>(Set.of(
                "copy",
                "fill",
                "addScaled",
                "scale",
                "tile",
                "addTile",
                "gatherRows",
                "scatterAddRows",
                "addColumnSums"));
        passes.addAll(Set.of("layerNorm", "layerNormBackward", "gate", "gateBackward", "activate", "multiply"));
        passes.addAll(Set.of("activateBackward", "scaleRows", "squares", "sum", "adamw", "images"));
        passes.addAll(Set.of("groupNorm", "groupNormBackward", "upsample", "upsampleBackward", "maxPool"));
        passes.addAll(Set.of("maxPoolBackward", "averagePool", "averagePoolBackward", "cut", "paste"));
        assertEquals(passes, names);
    }
}
