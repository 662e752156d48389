package org.ldae.linalg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ldae.core.Rng;

class SymmetricEigenTest {

    private static final int SIZE = 40;

    @Test
    void bothSolversAgreeOnASpectrumOfEightDecades() {
        double[] matrix = matrix(SIZE, SIZE);
        SymmetricEigen portable = SymmetricEigen.of(matrix, SIZE, EigenSolver.PORTABLE);
        SymmetricEigen lapack = SymmetricEigen.of(matrix, SIZE, EigenSolver.LAPACK);
        double largest = portable.values()[0];
        assertArrayEquals(portable.values(), lapack.values(), 1e-13 * largest);
        // Eigenvectors are only as well defined as their eigenvalue is apart from the next: the leading ten are.
        for (int i = 0; i < 10 * SIZE; i++) {
            assertEquals(portable.vectors()[i], lapack.vectors()[i], 1e-9);
        }
    }

    @ParameterizedTest
    @EnumSource
    void vectorsAreOrthonormalAndRebuildTheMatrix(EigenSolver solver) {
        double[] matrix = matrix(SIZE, SIZE);
        SymmetricEigen eigen = SymmetricEigen.of(matrix, SIZE, solver);
        assertOrthonormal(eigen);
        double[] rebuilt = new double[SIZE * SIZE];
        for (int k = 0; k < SIZE; k++) {
            for (int i = 0; i < SIZE * SIZE; i++) {
                rebuilt[i] +=
                        eigen.values()[k] * eigen.vectors()[k * SIZE + i / SIZE] * eigen.vectors()[k * SIZE + i % SIZE];
            }
        }
        assertArrayEquals(matrix, rebuilt, 1e-12);
    }

    @ParameterizedTest
    @EnumSource
    void aRankDeficientMatrixHasAFullOrthonormalBasisAndNoNegativeEigenvalue(EigenSolver solver) {
        int rank = 7;
        SymmetricEigen eigen = SymmetricEigen.of(matrix(SIZE, rank), SIZE, solver);
        assertOrthonormal(eigen);
        for (int k = 0; k < SIZE; k++) {
            assertTrue(eigen.values()[k] >= 0);
            assertTrue(k == 0 || eigen.values()[k] <= eigen.values()[k - 1]);
            assertTrue(k < rank ? eigen.values()[k] > 1e-9 : eigen.values()[k] < 1e-14, "eigenvalue " + k);
        }
    }

    @ParameterizedTest
    @EnumSource
    void equalEigenvaluesSpanTheSameSubspace(EigenSolver solver) {
        // Eigenvalues 3, 3 and 1, the single direction along (1, 1, 1).
        double[] matrix = new double[9];
        for (int i = 0; i < 9; i++) {
            matrix[i] = (i % 4 == 0 ? 3 : 0) - 2.0 / 3;
        }
        SymmetricEigen eigen = SymmetricEigen.of(matrix, 3, solver);
        assertArrayEquals(new double[] {3, 3, 1}, eigen.values(), 1e-14);
        double third = Math.sqrt(1.0 / 3);
        double[] last = {eigen.vectors()[6], eigen.vectors()[7], eigen.vectors()[8]};
        assertArrayEquals(new double[] {third, third, third}, last, 1e-14);
    }

    @ParameterizedTest
    @EnumSource
    void roundingDoesNotDecideASignAmongEntriesOfEqualMagnitude(EigenSolver solver) {
        SymmetricEigen eigen = SymmetricEigen.of(new double[] {1, -0.5, -0.5, 1 + 1e-13}, 2, solver);
        double half = Math.sqrt(0.5);
        assertArrayEquals(new double[] {half, -half, half, half}, eigen.vectors(), 1e-9);
    }

    @ParameterizedTest
    @EnumSource
    void staysRightWhereLapackWorksInBlocks(EigenSolver solver) {
        // dsyevd of OpenBLAS 0.3.19 gives wrong vectors from about n = 65 on, on processors with AVX-512.
        int n = 200;
        double[] matrix = matrix(n, n);
        SymmetricEigen eigen = SymmetricEigen.of(matrix, n, solver);
        assertTrue(eigen.decomposes(matrix));
        for (int k = 0; k < n; k++) {
            assertOrthonormal(eigen, k, k, n);
            assertOrthonormal(eigen, k, (k * 7 + 3) % n, n);
        }
    }

    @Test
    void oneWrongVectorIsNoticed() {
        double[] matrix = matrix(SIZE, SIZE);
        SymmetricEigen eigen = SymmetricEigen.of(matrix, SIZE, EigenSolver.PORTABLE);
        assertTrue(eigen.decomposes(matrix));
        eigen.vectors()[20 * SIZE + 5] += 1e-4;
        assertFalse(eigen.decomposes(matrix));
        eigen.vectors()[20 * SIZE + 5] -= 1e-4;
        eigen.values()[1] *= 1.001;
        assertFalse(eigen.decomposes(matrix));
        eigen.values()[1] = Double.NaN;
        assertFalse(eigen.decomposes(matrix));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 48, 49, 50, 97, 98})
    void divideAndConquerIsRightWhereItsBlocksEnd(int n) {
        double[] matrix = matrix(n, n);
        SymmetricEigen eigen = SymmetricEigen.firstRight(matrix, n, List.of(DivideAndConquer::eigen));
        assertNotNull(eigen);
        SymmetricEigen portable = SymmetricEigen.of(matrix, n, EigenSolver.PORTABLE);
        assertArrayEquals(portable.values(), eigen.values(), 1e-13 * portable.values()[0]);
        for (int k = 0; k < n; k++) {
            assertOrthonormal(eigen, k, k, n);
            assertOrthonormal(eigen, k, (k + 1) % n, n);
        }
    }

    @Test
    void aSolverThatIsWrongIsPassedOver() {
        double[] matrix = matrix(SIZE, SIZE);
        Lapack.Solver wrong = (vectors, n) -> {
            double[] values = DivideAndConquer.eigen(vectors, n);
            vectors[n + 3] += 1e-4;
            return values;
        };
        assertNull(SymmetricEigen.firstRight(matrix, SIZE, List.of(wrong)));
        for (Lapack.Solver right : Lapack.solvers()) {
            SymmetricEigen eigen = SymmetricEigen.firstRight(matrix, SIZE, List.of(wrong, right));
            assertNotNull(eigen);
            assertOrthonormal(eigen);
        }
    }

    @ParameterizedTest
    @EnumSource
    void leavesTheMatrixAlone(EigenSolver solver) {
        double[] matrix = matrix(SIZE, SIZE);
        double[] before = matrix.clone();
        SymmetricEigen.of(matrix, SIZE, solver);
        assertArrayEquals(before, matrix);
    }

    @Test
    void withoutOpenBlasTheAnswerIsNoAndNoFailure() throws ReflectiveOperationException {
        Class<?> isolated = Class.forName("org.ldae.linalg.Lapack", true, new WithoutOpenBlas());
        assertFalse(isolated == Lapack.class);
        Method available = isolated.getDeclaredMethod("available");
        available.setAccessible(true);
        assertEquals(false, available.invoke(null));
    }

    private static void assertOrthonormal(SymmetricEigen eigen) {
        for (int a = 0; a < SIZE; a++) {
            for (int b = 0; b < SIZE; b++) {
                assertOrthonormal(eigen, a, b, SIZE);
            }
        }
    }

    private static void assertOrthonormal(SymmetricEigen eigen, int a, int b, int n) {
        double product = 0;
        for (int i = 0; i < n; i++) {
            product += eigen.vectors()[a * n + i] * eigen.vectors()[b * n + i];
        }
        assertEquals(a == b ? 1 : 0, product, 1e-12);
    }

    /** A random covariance: {@code rank} random directions whose variances fall over eight decades. */
    private static double[] matrix(int size, int rank) {
        float[] factors = new float[rank * size];
        Rng.of(3).normals(factors, 0, factors.length);
        double[] matrix = new double[size * size];
        for (int k = 0; k < rank; k++) {
            double variance = Math.pow(10, -8.0 * k / rank);
            for (int i = 0; i < size * size; i++) {
                matrix[i] += variance * ((double) factors[k * size + i / size] * factors[k * size + i % size]) / size;
            }
        }
        return matrix;
    }

    /** Loads this package again, on a class path that lacks OpenBLAS. */
    private static final class WithoutOpenBlas extends ClassLoader {

        WithoutOpenBlas() {
            super(SymmetricEigenTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith("org.bytedeco.")) {
                throw new ClassNotFoundException(name);
            }
            if (!name.equals("org.ldae.linalg.Lapack")) {
                return super.loadClass(name, resolve);
            }
            try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }
}
