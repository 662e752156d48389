package org.ldae.compute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.ldae.compute.Kernels.AdamState;
import org.ldae.compute.Kernels.Affine;
import org.ldae.compute.Kernels.Biased;
import org.ldae.compute.Kernels.LayerNorm;
import org.ldae.compute.Kernels.Qkv;
import org.ldae.compute.Kernels.Transpose;
import org.ldae.compute.cpu.EveryGemm;
import org.ldae.compute.portable.PortableProvider;

/** Holds the CPU kernels equal to the portable ones, method by method, over odd sizes and strided views. */
class KernelsEqualityTest {

    private static final double TOLERANCE = 1e-5;
    private static final int INNER = 33;

    /** Groups of rows, as images of tokens. */
    record Size(int groups, int tokens, int columns) {
        int rows() {
            return groups * tokens;
        }

        int heads() {
            return columns % 24 == 0 ? columns / 24 : 1;
        }
    }

    static final List<Size> SIZES = List.of(
            new Size(1, 1, 1),
            new Size(4, 1, 13),
            new Size(1, 7, 24),
            new Size(3, 7, 1),
            new Size(2, 16, 13),
            new Size(5, 16, 72),
            new Size(1, 197, 48),
            new Size(2, 197, 20),
            new Size(1, 2, 2049),
            new Size(3, 2, 4100));

    /** Runs one kernel on operands of a size; what it returns is compared too. */
    interface Call {
        double run(Kernels kernels, Operands make, Size size);
    }

    /** A kernel without a result of its own. */
    interface Effect {
        void run(Kernels kernels, Operands make, Size size);
    }

    static final Map<String, Call> CALLS = new LinkedHashMap<>();

    private static void add(String name, Effect effect) {
        CALLS.put(name, (k, o, s) -> {
            effect.run(k, o, s);
            return 0;
        });
    }

    static {
        products();
        rowWise();
        grouped();
        nonLinear();
        optimiser();
    }

    private static void products() {
        for (float beta : new float[] {0, 1}) {
            add(
                    "gemm NONE " + beta,
                    (k, o, s) -> k.gemm(
                            Transpose.NONE,
                            o.view(s.rows(), INNER),
                            o.view(INNER, s.columns()),
                            beta,
                            o.view(s.rows(), s.columns())));
            add(
                    "gemm FIRST " + beta,
                    (k, o, s) -> k.gemm(
                            Transpose.FIRST,
                            o.view(INNER, s.rows()),
                            o.view(INNER, s.columns()),
                            beta,
                            o.view(s.rows(), s.columns())));
            add(
                    "gemm SECOND " + beta,
                    (k, o, s) -> k.gemm(
                            Transpose.SECOND,
                            o.view(s.rows(), INNER),
                            o.view(s.columns(), INNER),
                            beta,
                            o.view(s.rows(), s.columns())));
            add(
                    "gemm SECOND whole " + beta,
                    (k, o, s) -> k.gemm(
                            Transpose.SECOND,
                            o.matrix(s.rows(), INNER),
                            o.matrix(s.columns(), INNER),
                            beta,
                            o.matrix(s.rows(), s.columns())));
        }
    }

    private static void rowWise() {
        add(
                "linearGradient",
                (k, o, s) -> k.linearGradient(
                        o.view(s.rows(), INNER),
                        o.view(s.rows(), s.columns()),
                        o.view(s.columns(), INNER),
                        o.matrix(1, s.columns())));
        add("copy", (k, o, s) -> k.copy(o.view(s.rows(), s.columns()), o.view(s.rows(), s.columns())));
        add("copy out of a view", (k, o, s) -> k.copy(o.view(s.rows(), s.columns()), o.matrix(s.rows(), s.columns())));
        add(
                "gatherRows",
                (k, o, s) -> k.gatherRows(o.view(s.rows(), s.columns()), rows(s), o.view(2 * s.rows(), s.columns())));
        add(
                "scatterAddRows",
                (k, o, s) ->
                        k.scatterAddRows(o.view(2 * s.rows(), s.columns()), rows(s), o.view(s.rows(), s.columns())));
        add("fill", (k, o, s) -> k.fill(o.view(s.rows(), s.columns()), 1.5f));
        add("fill whole", (k, o, s) -> k.fill(o.matrix(s.rows(), s.columns()), -2));
        add("addScaled", (k, o, s) -> k.addScaled(0.7f, o.view(s.rows(), s.columns()), o.view(s.rows(), s.columns())));
        add("scale", (k, o, s) -> k.scale(o.view(s.rows(), s.columns()), 0.7f));
        add("addColumnSums", (k, o, s) -> k.addColumnSums(o.view(s.rows(), s.columns()), o.matrix(1, s.columns())));
        add("tile", (k, o, s) -> k.tile(o.view(s.tokens(), s.columns()), o.view(s.rows(), s.columns())));
        add("tile bias", (k, o, s) -> k.tile(o.matrix(1, s.columns()), o.matrix(s.rows(), s.columns())));
        add(
                "addTile",
                (k, o, s) -> k.addTile(
                        o.view(s.rows(), s.columns()), o.view(s.tokens(), s.columns()), o.view(s.rows(), s.columns())));
        add("addTile in place", (k, o, s) -> {
            Tensor x = o.matrix(s.rows(), s.columns());
            k.addTile(x, o.matrix(1, s.columns()), x);
        });
    }

    /** Some rows twice, others not at all. */
    private static int[] rows(Size size) {
        return IntStream.range(0, 2 * size.rows()).map(r -> r * r % size.rows()).toArray();
    }

    private static void grouped() {
        for (float base : new float[] {0, 1}) {
            add("layerNorm " + base, (k, o, s) -> k.layerNorm(norm(o, s, base), o.view(s.rows(), s.columns())));
            add("layerNormBackward " + base, (k, o, s) -> {
                LayerNorm norm = norm(o, s, base);
                k.layerNorm(norm, o.view(s.rows(), s.columns()));
                k.layerNormBackward(norm, o.view(s.rows(), s.columns()), affine(o, s), o.view(s.rows(), s.columns()));
            });
        }
        add(
                "gate",
                (k, o, s) -> k.gate(
                        o.matrix(s.rows(), s.columns()),
                        o.matrix(s.rows(), s.columns()),
                        o.view(s.groups(), s.columns()),
                        o.view(s.rows(), s.columns())));
        add("gate in place", (k, o, s) -> {
            Tensor trunk = o.matrix(s.rows(), s.columns());
            k.gate(trunk, o.matrix(s.rows(), s.columns()), o.view(s.groups(), s.columns()), trunk);
        });
        add(
                "gateBackward",
                (k, o, s) -> k.gateBackward(
                        o.view(s.rows(), s.columns()),
                        o.matrix(s.rows(), s.columns()),
                        o.view(s.groups(), s.columns()),
                        o.matrix(s.rows(), s.columns()),
                        o.view(s.groups(), s.columns())));
        add("scaleRows", (k, o, s) -> k.scaleRows(o.matrix(s.rows(), s.columns()), o.normals(s.groups())));
        CALLS.put("squares", (k, o, s) -> squares(k, o, s, new double[s.groups()]));
        CALLS.put("squares of all", (k, o, s) -> squares(k, o, s, new double[1]));
    }

    /** One number that tells the sums of all groups. */
    private static double squares(Kernels kernels, Operands make, Size size, double[] sums) {
        kernels.squares(make.matrix(size.rows(), size.columns()), sums);
        double total = 0;
        for (int g = 0; g < sums.length; g++) {
            total += (g + 1) * sums[g];
        }
        return total;
    }

    private static LayerNorm norm(Operands o, Size s, float base) {
        return new LayerNorm(o.view(s.rows(), s.columns()), o.matrix(s.rows(), 2), affine(o, s), base, 0.1f);
    }

    private static Affine affine(Operands o, Size s) {
        return new Affine(o.view(s.groups(), s.columns()), o.view(s.groups(), s.columns()));
    }

    private static void nonLinear() {
        for (Activation f : Activation.values()) {
            add(
                    "activate " + f,
                    (k, o, s) -> k.activate(f, o.matrix(s.rows(), s.columns(), 3), o.matrix(s.rows(), s.columns())));
            add("activate with bias " + f, (k, o, s) -> {
                Biased input = new Biased(o.matrix(s.rows(), s.columns(), 3), o.matrix(1, s.columns()));
                k.activate(f, input, o.matrix(s.rows(), s.columns()), null);
            });
            add("activate with bias, keeping the slope " + f, (k, o, s) -> {
                Biased input = new Biased(o.matrix(s.rows(), s.columns(), 3), o.matrix(1, s.columns()));
                k.activate(f, input, o.matrix(s.rows(), s.columns()), input.x());
            });
            add(
                    "activateBackward " + f,
                    (k, o, s) ->
                            k.activateBackward(f, o.matrix(s.rows(), s.columns(), 3), o.matrix(s.rows(), s.columns())));
        }
        add("multiply", (k, o, s) -> k.multiply(o.matrix(s.rows(), s.columns()), o.matrix(s.rows(), s.columns())));
        add(
                "attention fused",
                (k, o, s) -> k.attention(
                        Qkv.of(o.matrix(s.rows(), 3 * s.columns()), s.tokens(), s.heads()),
                        o.matrix(s.rows() * s.heads(), s.tokens()),
                        o.matrix(s.rows(), s.columns())));
        add(
                "attention of views",
                (k, o, s) -> k.attention(
                        qkv(o, s), o.matrix(s.rows() * s.heads(), s.tokens()), o.view(s.rows(), s.columns())));
        add("attentionBackward", (k, o, s) -> {
            Qkv qkv = Qkv.of(o.matrix(s.rows(), 3 * s.columns()), s.tokens(), s.heads());
            Tensor probabilities = o.matrix(s.rows() * s.heads(), s.tokens());
            k.attention(qkv, probabilities, o.matrix(s.rows(), s.columns()));
            k.attentionBackward(qkv, probabilities, o.view(s.rows(), s.columns()), qkv(o, s));
        });
    }

    private static Qkv qkv(Operands o, Size s) {
        return new Qkv(
                o.view(s.rows(), s.columns()),
                o.view(s.rows(), s.columns()),
                o.view(s.rows(), s.columns()),
                s.tokens(),
                s.heads());
    }

    private static void optimiser() {
        CALLS.put("sum of one", (k, o, s) -> k.sum(terms(o, s, 1)));
        CALLS.put("sum of three", (k, o, s) -> k.sum(terms(o, s, 3)));
        for (long number : new long[] {1, 1000}) {
            AdamStep step = new AdamStep(0.9, 0.999, 1e-8, 0.05).at(0.01, number);
            add("adamw step " + number, (k, o, s) -> k.adamw(step, adam(o, s, null, false)));
        }
        AdamStep step = new AdamStep(0.9, 0.99, 1e-8, 0.05).at(0.1, 3).clippedBy(0.3f);
        add("adamw clipped and decayed", (k, o, s) -> k.adamw(step, adam(o, s, null, true)));
        AdamStep averaging = new AdamStep(0.9, 0.99, 1e-8, 0.05).at(0.1, 3).averaging(0.7);
        add("adamw averaged", (k, o, s) -> k.adamw(averaging, adam(o, s, o.matrix(s.rows(), s.columns()), true)));
    }

    private static AdamState adam(Operands o, Size s, @Nullable Tensor average, boolean decayed) {
        Tensor value = o.matrix(s.rows(), s.columns());
        Tensor gradient = o.matrix(s.rows(), s.columns());
        Tensor first = o.matrix(s.rows(), s.columns(), 0.1f);
        return new AdamState(value, gradient, first, o.positive(s.rows(), s.columns()), average, decayed, 0.7f);
    }

    private static Tensor[] terms(Operands o, Size s, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> o.matrix(s.rows(), s.columns()))
                .toArray(Tensor[]::new);
    }

    static Stream<Arguments> callsAndSizes() {
        return CALLS.keySet().stream().flatMap(name -> SIZES.stream().map(size -> Arguments.of(name, size)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("callsAndSizes")
    void cpuKernelsEqualPortableOnes(String name, Size size) {
        assumeTrue(Backend.isNative(), "the CPU kernels need the native backend");
        try (Expected expected = new Expected(name, size)) {
            EveryGemm.kernels().forEach(expected::assertSame);
        }
    }

    /** What the portable kernels make of a call. */
    static final class Expected implements AutoCloseable {
        private final String name;
        private final Size size;
        private final Call call;
        private final Operands operands = new Operands(7);
        private final double returned;

        Expected(String name, Size size) {
            this.name = name;
            this.size = size;
            call = Objects.requireNonNull(CALLS.get(name));
            returned = call.run(new PortableProvider().kernels(), operands, size);
        }

        void assertSame(String who, Kernels kernels) {
            String what = name + " by " + who;
            try (Operands mine = new Operands(7)) {
                double number = call.run(kernels, mine, size);
                assertEquals(returned, number, (name.startsWith("sum") ? 1e-6 : 1e-9) * Math.abs(returned), what);
                List<float[]> expected = operands.contents();
                List<float[]> actual = mine.contents();
                for (int i = 0; i < expected.size(); i++) {
                    GradientCheck.assertClose(what + ", operand " + i, expected.get(i), actual.get(i), TOLERANCE);
                }
            }
        }

        @Override
        public void close() {
            operands.close();
        }
    }
}
