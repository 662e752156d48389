package org.ldae.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.ldae.compute.GradientCheck.assertClose;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.ldae.compute.Kernels;
import org.ldae.compute.KernelsProvider;
import org.ldae.compute.Tensor;
import org.ldae.core.Rng;
import org.ldae.nn.Layers;
import org.ldae.nn.Parameters;
import org.ldae.testing.Golden;

class AdamWTest {

    @ParameterizedTest
    @MethodSource("org.ldae.compute.Operands#kinds")
    void fiveStepsEqualPyTorchWithoutDecay(KernelsProvider kind) {
        assertFiveSteps(kind, "plain", AdamW.Options.defaults());
    }

    @ParameterizedTest
    @MethodSource("org.ldae.compute.Operands#kinds")
    void fiveStepsEqualPyTorchWithDecayOfMatricesOnly(KernelsProvider kind) {
        assertFiveSteps(
                kind, "decay", AdamW.Options.defaults().withWeightDecay(0.05).withBeta2(0.95));
    }

    private static void assertFiveSteps(KernelsProvider kind, String variant, AdamW.Options options) {
        Golden golden = Golden.read("nn/adamw");
        Parameters.Layout layout = Parameters.layout();
        layout.add("w", 4, 6, Parameters.Init.ZEROS);
        layout.add("b", 1, 6, Parameters.Init.ZEROS);
        try (Layers layers = new Layers(layout, kind);
                AdamW optimiser = new AdamW(layers.parameters, layers.work.gradients(), options)) {
            layers.load(golden, name -> name);
            for (int step = 1; step <= 5; step++) {
                layers.work.gradient("w").put(golden.floats("dw" + step));
                layers.work.gradient("b").put(golden.floats("db" + step));
                double rate = golden.doubles("rates")[step - 1];
                step(optimiser, layers.work.kernels(), rate, step);
                assertClose(
                        "w",
                        golden.floats(variant + ".w" + step),
                        layers.work.value("w").toArray(),
                        1e-6);
                assertClose(
                        "b",
                        golden.floats(variant + ".b" + step),
                        layers.work.value("b").toArray(),
                        1e-6);
            }
            Tensor first = layers.parameters.view(optimiser.first(), "w");
            Tensor second = layers.parameters.view(optimiser.second(), "w");
            assertClose("first moment", golden.floats(variant + ".first"), first.toArray(), 1e-6);
            assertClose("second moment", golden.floats(variant + ".second"), second.toArray(), 1e-6);
        }
    }

    @ParameterizedTest
    @MethodSource("org.ldae.compute.Operands#kinds")
    void aShareOfTheRateIsALowerRate(KernelsProvider kind) {
        Parameters.Layout layout = Parameters.layout();
        layout.add("w", 4, 6, Parameters.Init.NORMAL);
        layout.add("v", 4, 6, Parameters.Init.NORMAL);
        AdamW.Options options = AdamW.Options.defaults().withWeightDecay(0.5);
        try (Layers scaled = new Layers(layout, kind);
                Layers plain = new Layers(layout, kind);
                Layers slow = new Layers(layout, kind);
                AdamW one = new AdamW(scaled.parameters, scaled.work.gradients(), options);
                AdamW two = new AdamW(plain.parameters, plain.work.gradients(), options);
                AdamW three = new AdamW(slow.parameters, slow.work.gradients(), options)) {
            one.scaleRates(name -> name.equals("w") ? 0.25 : 1);
            Tensor average = scaled.parameters.buffer();
            // Asking for an average keeps the shares.
            one.averageInto(average);
            for (Layers each : new Layers[] {scaled, plain, slow}) {
                each.work.kernels().fill(each.work.gradients(), 0.3f);
            }
            step(one, scaled.work.kernels(), 0.04, 1);
            step(two, plain.work.kernels(), 0.04, 1);
            step(three, slow.work.kernels(), 0.01, 1);
            assertClose(
                    "slow w",
                    slow.work.value("w").toArray(),
                    scaled.work.value("w").toArray(),
                    1e-6);
            assertArrayEquals(
                    plain.work.value("v").toArray(), scaled.work.value("v").toArray());
            average.close();
        }
    }

    private static void step(AdamW optimiser, Kernels kernels, double rate, long number) {
        optimiser.step().at(rate, number);
        for (int part = 0; part < optimiser.parts(); part++) {
            optimiser.update(kernels, part);
        }
    }

    @ParameterizedTest
    @MethodSource("org.ldae.compute.Operands#kinds")
    void thePartsCoverEveryParameterOnce(KernelsProvider kind) {
        Parameters.Layout layout = Parameters.layout();
        layout.add("w", 1, 700_000, Parameters.Init.ZEROS);
        try (Layers layers = new Layers(layout, kind);
                AdamW optimiser = new AdamW(layers.parameters, layers.work.gradients(), AdamW.Options.defaults())) {
            assertEquals(7, optimiser.parts());
            float[] gradient = new float[700_000];
            Rng.of(4).normals(gradient, 0, gradient.length);
            layers.work.gradient("w").put(gradient);
            step(optimiser, layers.work.kernels(), 0.5, 1);
            float[] moved = layers.work.value("w").toArray();
            for (int i = 0; i < moved.length; i++) {
                assertEquals(-0.5 * gradient[i] / (Math.abs(gradient[i]) + 1e-8), moved[i], 1e-4);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("org.ldae.compute.Operands#kinds")
    void thePaddingStaysZero(KernelsProvider kind) {
        Parameters.Layout layout = Parameters.layout();
        layout.add("w", 2, 3, Parameters.Init.ONES);
        try (Layers layers = new Layers(layout, kind);
                AdamW optimiser = new AdamW(
                        layers.parameters,
                        layers.work.gradients(),
                        AdamW.Options.defaults().withWeightDecay(0.1))) {
            layers.work.gradient("w").put(new float[] {1, 2, 3, 4, 5, 6});
            step(optimiser, layers.work.kernels(), 0.1, 1);
            float[] flat = layers.parameters.values().toArray();
            assertTrue(flat[5] < 1);
            assertArrayEquals(new float[flat.length - 6], java.util.Arrays.copyOfRange(flat, 6, flat.length));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "-0.1, 0.9, 1e-8, 0",
        "1, 0.9, 1e-8, 0",
        "0.9, 1, 1e-8, 0",
        "0.9, NaN, 1e-8, 0",
        "0.9, 0.9, 0, 0",
        "0.9, 0.9, 1e-8, -1",
        "0.9, 0.9, 1e-8, NaN"
    })
    void optionsOutOfRangeAreErrorsThatPrintThem(double beta1, double beta2, double epsilon, double decay) {
        IllegalArgumentException thrown =
                assertThrows(IllegalArgumentException.class, () -> new AdamW.Options(beta1, beta2, epsilon, decay));
        assertTrue(
                String.valueOf(thrown.getMessage())
                        .endsWith("got %s, %s, %s, %s".formatted(beta1, beta2, epsilon, decay)),
                thrown.getMessage());
    }

    @Test
    void withReplacesOneOption() {
        assertEquals(
                new AdamW.Options(0.9, 0.95, 1e-8, 0.05),
                AdamW.Options.defaults().withBeta2(0.95).withWeightDecay(0.05));
    }
}
