package org.ldae.compute;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ldae.compute.Kernels.Affine;
import org.ldae.compute.Kernels.LayerNorm;
import org.ldae.compute.Kernels.Qkv;
import org.ldae.compute.Kernels.Transpose;

/** What the kernels without a PyTorch counterpart mean, by hand or by a naive loop. */
class KernelsMeaningTest {

    private final Operands make = new Operands(11);

    @AfterEach
    void free() {
        make.close();
    }

    private Tensor of(int rows, int columns, float... numbers) {
        Tensor tensor = make.constant(rows, columns, 0);
        tensor.put(numbers);
        return tensor;
    }

    @ParameterizedTest
    @MethodSource("org.ldae.compute.Operands#kinds")
    void gemmMultipliesAsWritten(KernelsProvider kind) {
        Kernels k = kind.kernels();
        Tensor a = make.matrix(3, 4);
        Tensor aT = make.matrix(4, 3);
        Tensor b = make.matrix(4, 5);
        Tensor bT = make.matrix(5, 4);
        Tensor c = make.matrix(3, 5);
        float[] before = c.toArray();
        double[][] rows =
                new double[][] {naive(a, b, false, false), naive(aT, b, true, false), naive(a, bT, false, true)};
        k.gemm(Transpose.NONE, a, b, 1, c);
        k.gemm(Transpose.FIRST, aT, b, 1, c);
        k.gemm(Transpose.SECOND, a, bT, 1, c);
        float[] sum = c.toArray();
        for (int i = 0; i < sum.length; i++) {
            assertEquals(before[i] + rows[0][i] + rows[1][i] + rows[2][i], sum[i], 1e-5);
        }
        k.gemm(Transpose.NONE, a, b, 0, c);
        for (int i = 0; i < sum.length; i++) {
            assertEquals(rows[0][i], c.toArray()[i], 1e-5);
        }
    }

    private static double[] naive(Tensor a, Tensor b, boolean first, boolean second) {
        int m = first ? a.columns() : a.rows();
        int inner = first ? a.rows() : a.columns();
        int n = second ? b.rows() : b.columns();
        float[] x = a.toArray();
        float[] y = b.toArray();
        double[] c = new double[m * n];
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                for (int l = 0; l < inner; l++) {
                    c[i * n + j] +=
                            (double) x[first ? l * m + i : i * inner + l] * y[second ? j * inner + l : l * n + j];
                }
            }
        }
        return c;
    }

    @ParameterizedTest
    @MethodSource("org.ldae.compute.Operands#kinds")
    void aBetaOfZeroIgnoresWhatWasThere(KernelsProvider kind) {
        Kernels k = kind.kernels();
        Tensor c = make.constant(2, 2, Float.NaN);
        k.gemm(Transpose.NONE, of(2, 1, 1, 2), of(1, 2, 3, 4), 0, c);
        assertArrayEquals(new float[] {3, 4, 6, 8}, c.toArray());
        Tensor wide = make.constant(2, 3, Float.NaN);
        k.gemm(Transpose.NONE, of(2, 1, 1, 2), of(1, 2, 3, 4), 0, wide.columns(0, 2));
        assertArrayEquals(new float[] {3, 4, Float.NaN, 6, 8, Float.NaN}, wide.toArray());
        Tensor x = make.constant(4, 1, Float.NaN);
        k.tile(of(2, 1, 1, 2), x);
        assertArrayEquals(new float[] {1, 2, 1, 2}, x.toArray());
        k.addTile(x, of(2, 1, 1, 2), x);
        assertArrayEquals(new float[] {2, 4, 2, 4}, x.toArray());
    }

    @ParameterizedTest
    @MethodSource("org.ldae.compute.Operands#kinds")
    void linesOfArithmetic(KernelsProvider kind) {
        Kernels k = kind.kernels();
        Tensor x = of(2, 2, 1, 2, 3, 4);
        Tensor y = make.constant(2, 2, Float.NaN);
        k.copy(x, y);
        assertArrayEquals(new float[] {1, 2, 3, 4}, y.toArray());
        k.addScaled(2, x, y);
        assertArrayEquals(new float[] {3, 6, 9, 12}, y.toArray());
        k.scale(y, 0.5f);
        assertArrayEquals(new float[] {1.5f, 3, 4.5f, 6}, y.toArray());
        k.fill(y, -1);
        assertArrayEquals(new float[] {-1, -1, -1, -1}, y.toArray());
        Tensor row = of(1, 2, 10, 20);
        k.addColumnSums(x, row);
        assertArrayEquals(new float[] {14, 26}, row.toArray());
        double[] each = new double[2];
        k.squares(x, each);
        assertArrayEquals(new double[] {1 + 4, 9 + 16}, each);
        double[] all = new double[1];
        k.squares(x, all);
        assertArrayEquals(new double[] {30}, all);
        assertEquals(15 * 15 + 28 * 28, k.sum(new Tensor[] {row, of(1, 2, 1, 2)}), 1e-3);
        assertArrayEquals(new float[] {15, 28}, row.toArray());
        k.scaleRows(x, new float[] {2, 3});
        assertArrayEquals(new float[] {2, 4, 9, 12}, x.toArray());
    }

    @ParameterizedTest
    @MethodSource("org.ldae.compute.Operands#kinds")
    void squaresAreSummedInDouble(KernelsProvider kind) {
        Tensor x = make.constant(1024, 1024, 0.1f);
        double square = (double) 0.1f * 0.1f;
        double[] all = new double[1];
        kind.kernels().squares(x, all);
        assertEquals(square * 1024 * 1024, all[0], 1e-6);
        assertEquals(square * 1024 * 1024, kind.kernels().sum(new Tensor[] {x}), 1e-2);
    }

    @ParameterizedTest
    @MethodSource("org.ldae.compute.Operands#kinds")
    void layerNormKeepsItsPrecisionFarFromZero(KernelsProvider kind) {
        int columns = 768;
        float[] numbers = make.normals(columns);
        for (int i = 0; i < columns; i++) {
            numbers[i] = Math.round(numbers[i] * 64) / 64f + 1000;
        }
        Affine plain = new Affine(make.constant(1, columns, 1), make.constant(1, columns, 0));
        Tensor normalised = make.constant(1, columns, Float.NaN);
        kind.kernels()
                .layerNorm(new LayerNorm(of(1, columns, numbers), make.constant(1, 2, 0), plain, 0, 1e-6f), normalised);
        float[] y = normalised.toArray();
        double sum = 0;
        for (float v : y) {
            sum += v;
        }
        assertEquals(1, GradientCheck.dot(y, y) / columns, 1e-4);
        assertEquals(0, sum / columns, 1e-3);
    }

    @ParameterizedTest
    @MethodSource("org.ldae.compute.Operands#kinds")
    void attentionWithLargeScoresStaysFiniteAndSumsToOne(KernelsProvider kind) {
        int tokens = 9;
        Tensor query = make.matrix(tokens, 8, 100);
        Tensor key = make.matrix(tokens, 8, 100);
        Tensor ones = make.constant(tokens, 8, 1);
        Tensor probabilities = make.constant(2 * tokens, tokens, Float.NaN);
        Tensor y = make.constant(tokens, 8, Float.NaN);
        kind.kernels().attention(new Qkv(query, key, ones, tokens, 2), probabilities, y);
        for (float v : y.toArray()) {
            assertEquals(1, v, 1e-6);
        }
    }

    /** The sums of up to nine terms, written out. */
    private static float tree(float[] x) {
        return switch (x.length) {
            case 1 -> x[0];
            case 2 -> x[0] + x[1];
            case 3 -> (x[0] + x[1]) + x[2];
            case 4 -> (x[0] + x[1]) + (x[2] + x[3]);
            case 5 -> ((x[0] + x[1]) + (x[2] + x[3])) + x[4];
            case 6 -> ((x[0] + x[1]) + (x[2] + x[3])) + (x[4] + x[5]);
            case 7 -> ((x[0] + x[1]) + (x[2] + x[3])) + ((x[4] + x[5]) + x[6]);
            case 8 -> ((x[0] + x[1]) + (x[2] + x[3])) + ((x[4] + x[5]) + (x[6] + x[7]));
            default -> (((x[0] + x[1]) + (x[2] + x[3])) + ((x[4] + x[5]) + (x[6] + x[7]))) + x[8];
        };
    }

    @ParameterizedTest
    @MethodSource("org.ldae.compute.Operands#kinds")
    void termsAreAddedAsAFixedTree(KernelsProvider kind) {
        boolean exact = kind.name().equals("cpu");
        for (int count = 1; count <= 9; count++) {
            try (Operands make = new Operands(count)) {
                Tensor[] terms = new Tensor[count];
                float[][] numbers = new float[count][];
                for (int t = 0; t < count; t++) {
                    terms[t] = make.matrix(70, 130);
                    numbers[t] = terms[t].toArray();
                }
                double squares = kind.kernels().sum(terms);
                float[] sums = terms[0].toArray();
                double expected = 0;
                for (int i = 0; i < sums.length; i++) {
                    float[] column = new float[count];
                    for (int t = 0; t < count; t++) {
                        column[t] = numbers[t][i];
                    }
                    float sum = tree(column);
                    assertEquals(sum, sums[i], exact ? 0 : 1e-6f);
                    expected += (double) sum * sum;
                }
                assertEquals(expected, squares, 1e-6 * expected);
                for (int t = 1; t < count; t++) {
                    assertArrayEquals(numbers[t], terms[t].toArray());
                }
            }
        }
    }
}
