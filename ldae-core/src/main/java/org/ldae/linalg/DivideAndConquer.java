package org.ldae.linalg;

import static org.bytedeco.openblas.global.openblas.CblasColMajor;
import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasTrans;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.openblas.global.openblas;

/**
 * What LAPACK's dsyevd computes, without the one routine of it that is wrong in OpenBLAS 0.3.19 on processors with AVX-512,
 * trmm: a tridiagonal matrix by reflections (dsytrd), its eigenvectors by divide and conquer (dstedc), and the reflections
 * applied to those, a block of them at a time by general products ({@code I - V T V^T}, where dormtr has triangular ones).
 *
 * <p>All native memory is given back on close.
 */
final class DivideAndConquer implements AutoCloseable {

    /** Reflections applied together: enough for the products to run at full speed. */
    private static final int BLOCK = 48;

    /** Of any type: the constructor takes a list of them. */
    @SuppressWarnings("unchecked")
    private final PointerScope memory = new PointerScope();

    private final int n;
    /** The matrix, then below its subdiagonal the reflections. */
    private final DoublePointer matrix;

    private final DoublePointer factors;
    private final DoublePointer values;
    private final DoublePointer vectors;

    private DivideAndConquer(double[] symmetric, int n) {
        this.n = n;
        this.matrix = new DoublePointer(symmetric);
        this.factors = new DoublePointer((long) n);
        this.values = new DoublePointer((long) n);
        this.vectors = new DoublePointer((long) n * n);
    }

    /** As {@link Lapack.Solver#eigen}. */
    static double[] eigen(double[] symmetric, int n) {
        try (DivideAndConquer problem = new DivideAndConquer(symmetric, n)) {
            problem.solveTridiagonal(problem.reduce());
            problem.applyReflections();
            problem.vectors.get(symmetric);
            double[] ascending = new double[n];
            problem.values.get(ascending);
            return ascending;
        }
    }

    @Override
    public void close() {
        memory.close();
    }

    /** Makes the matrix tridiagonal: its diagonal becomes the values; returns what is beside it. */
    private DoublePointer reduce() {
        DoublePointer beside = new DoublePointer((long) n);
        int room = Math.multiplyExact(n, BLOCK);
        DoublePointer work = new DoublePointer((long) room);
        int info = openblas.LAPACKE_dsytrd_work(
                CblasColMajor, (byte) 'L', n, matrix, n, values, beside, factors, work, room);
        Lapack.requireSuccess("dsytrd", n, info);
        return beside;
    }

    private void solveTridiagonal(DoublePointer beside) {
        int room = Math.addExact(1 + 4 * n, Math.multiplyExact(n, n));
        DoublePointer work = new DoublePointer((long) room);
        int indices = 3 + 5 * n;
        IntPointer indexWork = new IntPointer((long) indices);
        int info = openblas.LAPACKE_dstedc_work(
                CblasColMajor, (byte) 'I', n, values, beside, vectors, n, work, room, indexWork, indices);
        Lapack.requireSuccess("dstedc", n, info);
    }

    /** Turns the eigenvectors of the tridiagonal matrix into those of the matrix: the last reflections come first. */
    private void applyReflections() {
        DoublePointer columns = new DoublePointer((long) n * BLOCK);
        DoublePointer triangle = new DoublePointer((long) BLOCK * BLOCK);
        DoublePointer inner = new DoublePointer((long) n * BLOCK);
        DoublePointer outer = new DoublePointer((long) n * BLOCK);
        for (int end = n - 1; end > 0; ) {
            int first = (end - 1) / BLOCK * BLOCK;
            int count = end - first;
            int rows = n - 1 - first;
            Matrix v = reflections(first, new Matrix(columns, rows, count, rows));
            Matrix t = triangle(v, factors.getPointer(first), triangle);
            Matrix z = new Matrix(vectors.getPointer(first + 1L), rows, n, n);
            Matrix vz = new Matrix(inner, count, n, count).set(CblasTrans, v, z);
            z.subtract(v, new Matrix(outer, count, n, count).set(CblasNoTrans, t, vz));
            end = first;
        }
    }

    /** The vectors of a block of reflections, with the ones and zeros that dsytrd leaves out. */
    private Matrix reflections(int first, Matrix v) {
        Pointer.memset(v.numbers, 0, (long) v.rows * v.columns * Double.BYTES);
        for (int j = 0; j < v.columns; j++) {
            int below = v.rows - j - 1;
            DoublePointer column = v.numbers.getPointer((long) j * v.rows + j);
            column.put(1);
            Pointer.memcpy(
                    column.getPointer(1), matrix.getPointer((first + j) * (n + 1L) + 2), (long) below * Double.BYTES);
        }
        return v;
    }

    /** T of the product of reflections, {@code I - V T V^T}. */
    private Matrix triangle(Matrix v, DoublePointer factors, DoublePointer room) {
        int side = v.columns;
        // What is below the diagonal, dlarft leaves as it was.
        Pointer.memset(room, 0, (long) side * side * Double.BYTES);
        int info = openblas.LAPACKE_dlarft_work(
                CblasColMajor, (byte) 'F', (byte) 'C', v.rows, side, v.numbers, v.rows, factors, room, side);
        Lapack.requireSuccess("dlarft", n, info);
        return new Matrix(room, side, side, side);
    }

    /** A column-major matrix; its stride leads from column to column. */
    private record Matrix(DoublePointer numbers, int rows, int columns, int stride) {

        /** Becomes the product of a, transposed or not, and b. */
        Matrix set(int transpose, Matrix a, Matrix b) {
            gemm(transpose, 1, a, b, 0);
            return this;
        }

        /** Takes the product of a and b off. */
        void subtract(Matrix a, Matrix b) {
            gemm(CblasNoTrans, -1, a, b, 1);
        }

        private void gemm(int transpose, double alpha, Matrix a, Matrix b, double beta) {
            openblas.cblas_dgemm(
                    CblasColMajor,
                    transpose,
                    CblasNoTrans,
                    rows,
                    columns,
                    b.rows,
                    alpha,
                    a.numbers,
                    a.stride,
                    b.numbers,
                    b.stride,
                    beta,
                    numbers,
                    stride);
        }
    }
}
