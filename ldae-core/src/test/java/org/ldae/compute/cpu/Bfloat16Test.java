package org.ldae.compute.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Optional;
import org.bytedeco.dnnl.global.dnnl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ldae.compute.Backend;
import org.ldae.compute.Kernels;
import org.ldae.compute.Kernels.Transpose;
import org.ldae.compute.Operands;
import org.ldae.compute.Tensor;
import org.ldae.compute.Workers;

class Bfloat16Test {

    private static final int ROWS = 200;
    private static final int COLUMNS = 168;
    private static final int INNER = 136;
    private static final Kernels EXACT = new CpuProvider().kernels();

    private static void needsTheProcessor() {
        Optional<String> why = new Bfloat16Provider().unavailable();
        assumeTrue(why.isEmpty(), () -> why.orElse(""));
    }

    /** The nearest number with 8 bits, ties to even: as IEEE 754 rounds and the processor's instructions do. */
    private static float rounded(float x) {
        int bits = Float.floatToRawIntBits(x);
        return Float.intBitsToFloat((bits + 0x7fff + (bits >>> 16 & 1)) & 0xffff0000);
    }

    @ParameterizedTest
    @ValueSource(floats = {0, 1, 0.5f})
    void aLayerIsThatOfTheRoundedFactorsAddedInFloat32(float beta) {
        needsTheProcessor();
        Kernels halved = new Bfloat16Provider().kernels();
        try (Operands operands = new Operands(1)) {
            Tensor x = operands.view(ROWS, INNER);
            Tensor weight = operands.view(COLUMNS, INNER);
            Tensor y = operands.view(ROWS, COLUMNS);
            agree(
                    () -> EXACT.linear(rounded(operands, x), rounded(operands, weight), beta, y),
                    () -> halved.linear(x, weight, beta, y),
                    y);
            Tensor dx = operands.view(ROWS, INNER);
            agree(
                    () -> EXACT.linearBackward(rounded(operands, y), rounded(operands, weight), beta, dx),
                    () -> halved.linearBackward(y, weight, beta, dx),
                    dx);
        }
    }

    @Test
    void gradientsOfWeightsAreThoseOfTheRoundedFactorsAndOfBiasesExact() {
        needsTheProcessor();
        try (Operands operands = new Operands(2)) {
            Tensor x = operands.view(256, INNER);
            Tensor dy = operands.view(256, COLUMNS);
            Tensor dWeight = operands.view(COLUMNS, INNER);
            Tensor dBias = operands.view(1, COLUMNS);
            agree(
                    () -> EXACT.linearGradient(rounded(operands, x), rounded(operands, dy), dWeight, dBias),
                    () -> new Bfloat16Provider().kernels().linearGradient(x, dy, dWeight, dBias),
                    dWeight);
            agree(
                    () -> EXACT.linearGradient(x, dy, dWeight, dBias),
                    () -> new Bfloat16Provider().kernels().linearGradient(x, dy, dWeight, dBias),
                    dBias);
        }
    }

    /** Both start from what the result holds, which is as before when this returns. */
    private static void agree(Runnable expected, Runnable actual, Tensor result) {
        try (Tensor before = Tensor.zeros(result.rows(), result.columns())) {
            EXACT.copy(result, before);
            expected.run();
            float[] right = numbers(result);
            EXACT.copy(before, result);
            actual.run();
            assertArrayEquals(right, numbers(result), 1e-4f);
            EXACT.copy(before, result);
        }
    }

    private static Tensor rounded(Operands operands, Tensor x) {
        float[] numbers = numbers(x);
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = rounded(numbers[i]);
        }
        Tensor rounded = operands.constant(x.rows(), x.columns(), 0);
        rounded.put(numbers);
        return rounded;
    }

    private static float[] numbers(Tensor view) {
        try (Tensor dense = Tensor.zeros(view.rows(), view.columns())) {
            EXACT.copy(view, dense);
            return dense.toArray();
        }
    }

    @Test
    void aSmallLayerStaysExactAndSoDoesWhatIsNoLayer() {
        needsTheProcessor();
        Kernels halved = new Bfloat16Provider().kernels();
        try (Operands operands = new Operands(3)) {
            Tensor small = operands.view(64, 64);
            Tensor large = operands.view(ROWS, ROWS);
            assertArrayEquals(layer(EXACT, small), layer(halved, small));
            assertNotEquals(layer(EXACT, large)[1], layer(halved, large)[1]);
            try (Tensor product = Tensor.zeros(ROWS, ROWS)) {
                halved.gemm(Transpose.SECOND, large, large, 0, product);
                assertArrayEquals(layer(EXACT, large), product.toArray());
            }
        }
    }

    private static float[] layer(Kernels kernels, Tensor x) {
        try (Tensor product = Tensor.zeros(x.rows(), x.rows())) {
            kernels.linear(x, x, 0, product);
            return product.toArray();
        }
    }

    @Test
    void aProcessorWithoutTheInstructionsIsAReason() {
        assertEquals(
                Optional.of("expected a processor with avx512_bf16, which this one is without"),
                Bfloat16.unavailable(dnnl.dnnl_cpu_isa_avx512_core_vnni));
        assertEquals(
                Optional.of("expected a processor with avx512_bf16, which this one is without"),
                Bfloat16.unavailable(dnnl.dnnl_cpu_isa_avx2_vnni));
        assertEquals(Optional.empty(), Bfloat16.unavailable(dnnl.dnnl_cpu_isa_avx512_core_bf16));
        assertEquals(Optional.empty(), Bfloat16.unavailable(dnnl.dnnl_cpu_isa_avx512_core_amx));
    }

    @Test
    void itIsNeverTakenUnasked() {
        assertTrue(new Bfloat16Provider().priority() < 0);
        assertNotEquals("bfloat16", Backend.provider().name());
    }

    @Test
    void workIsGivenItsKernelsAndNoOtherWork() {
        needsTheProcessor();
        String usual = Backend.provider().name();
        String within = Backend.withKernels("bfloat16", () -> Backend.provider().name());
        assertEquals("bfloat16", within);
        assertEquals(usual, Backend.provider().name());
    }

    @Test
    void threadsThatShareALayerRoundAsOne() {
        needsTheProcessor();
        try (Operands operands = new Operands(4);
                Workers workers = Backend.withKernels("bfloat16", () -> Workers.forImages(1));
                Tensor shared = Tensor.zeros(640, 640)) {
            Tensor x = operands.view(640, 256);
            Kernels kernels = workers.kernels(0);
            workers.run(worker -> kernels.linear(x, x, 0, shared));
            assertArrayEquals(layer(new Bfloat16Provider().kernels(), x), shared.toArray(), 1e-4f);
        }
    }
}
