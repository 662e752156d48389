package org.ldae.compute;

import java.nio.FloatBuffer;
import java.util.Objects;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A float32 matrix over an ND4J buffer: rows of consecutive numbers, a fixed stride apart.
 *
 * <p>Kernels read and write these. Views are made once, when a network is laid out, so that a training step allocates
 * nothing. Not for general array work: use {@link INDArray} there.
 */
public final class Tensor implements AutoCloseable {

    private final INDArray root;
    private final long offset;
    private final int rows;
    private final int columns;
    private final int stride;
    private final INDArray array;
    private final boolean owner;
    private final @Nullable FloatBuffer host;
    private final @Nullable FloatPointer pointer;

    private Tensor(INDArray root, long offset, int rows, int columns, int stride, @Nullable Tensor parent) {
        this.root = root;
        this.offset = offset;
        this.rows = rows;
        this.columns = columns;
        this.stride = stride;
        this.owner = parent == null;
        this.array = Nd4j.create(root.data(), new long[] {rows, columns}, new long[] {stride, 1}, offset, 'c');
        if (!Backend.isNative()) {
            host = null;
            pointer = null;
        } else {
            FloatPointer base = (FloatPointer) root.data().pointer();
            host = parent == null ? hostBuffer(base, root.length()) : parent.host;
            pointer = new FloatPointer(base);
            pointer.position(offset);
        }
    }

    private static FloatBuffer hostBuffer(FloatPointer base, long length) {
        return new FloatPointer(base).limit(length).asBuffer();
    }

    /**
     * A new matrix of zeros.
     *
     * @param rows number of rows, at least 1
     * @param columns numbers in a row, at least 1
     * @return the matrix; close it to free its memory
     * @throws IllegalArgumentException if a side is not positive or the matrix exceeds 2^29 - 1 numbers
     */
    public static Tensor zeros(int rows, int columns) {
        long size = (long) rows * columns;
        if (rows < 1 || columns < 1 || size >= 1L << 29) {
            throw new IllegalArgumentException(
                    "tensor: expected positive sides and fewer than 2^29 numbers, got [%d, %d]; use smaller batches"
                            .formatted(rows, columns));
        }
        Backend.require();
        return new Tensor(Nd4j.create(DataType.FLOAT, size), 0, rows, columns, columns, null);
    }

    /**
     * A part of the rows and columns, sharing memory.
     *
     * @param row first row
     * @param count number of rows
     * @param column first column
     * @param width number of columns
     * @return the view
     */
    public Tensor view(int row, int count, int column, int width) {
        Objects.checkFromIndexSize(row, count, rows);
        Objects.checkFromIndexSize(column, width, columns);
        return new Tensor(root, offset + (long) row * stride + column, count, width, stride, this);
    }

    /**
     * Some columns of every row, sharing memory.
     *
     * @param column first column
     * @param width number of columns
     * @return the view
     */
    public Tensor columns(int column, int width) {
        return view(0, rows, column, width);
    }

    /**
     * A run of consecutive numbers seen as a matrix of another shape, sharing memory.
     *
     * @param from index of the first number, counted row by row
     * @param newRows rows of the view
     * @param newColumns columns of the view
     * @return the view
     */
    public Tensor slice(int from, int newRows, int newColumns) {
        requireContiguous();
        Objects.checkFromIndexSize(from, (long) newRows * newColumns, (long) rows * columns);
        return new Tensor(root, offset + from, newRows, newColumns, newColumns, this);
    }

    /**
     * Number of rows.
     *
     * @return at least 1
     */
    public int rows() {
        return rows;
    }

    /**
     * Numbers in a row.
     *
     * @return at least 1
     */
    public int columns() {
        return columns;
    }

    /**
     * Numbers in all.
     *
     * @return rows times columns
     */
    public int size() {
        return rows * columns;
    }

    /**
     * The matrix as an ND4J view that shares memory; for kernels built of ND4J operations.
     *
     * @return {@code [rows, columns]}
     */
    public INDArray array() {
        return array;
    }

    /**
     * Copies numbers in.
     *
     * @param source as many numbers as the matrix has, row by row
     */
    public void put(float[] source) {
        requireContiguous();
        requireLength(source.length);
        if (host != null) {
            host.put((int) offset, source, 0, size());
        } else {
            array.assign(Nd4j.createFromArray(source).reshape('c', rows, columns));
        }
    }

    /**
     * Copies numbers out.
     *
     * @param destination as long as the matrix has numbers, row by row
     */
    public void get(float[] destination) {
        requireContiguous();
        requireLength(destination.length);
        if (host != null) {
            host.get((int) offset, destination, 0, size());
        } else {
            System.arraycopy(array.dup('c').data().asFloat(), 0, destination, 0, size());
        }
    }

    /** Copies whole rows in, from a row on; without the cost of a view. */
    public void putRows(int row, float[] source) {
        requireContiguous();
        if (host != null) {
            host.put(index(row), source);
        } else {
            view(row, source.length / columns, 0, columns).put(source);
        }
    }

    /** Copies as many rows out, from a row on, as fill the destination. */
    public void getRows(int row, float[] destination) {
        requireContiguous();
        if (host != null) {
            host.get(index(row), destination);
        } else {
            view(row, destination.length / columns, 0, columns).get(destination);
        }
    }

    /**
     * A copy of the numbers.
     *
     * @return a new array, row by row
     */
    public float[] toArray() {
        float[] copy = new float[size()];
        get(copy);
        return copy;
    }

    /** Frees the memory of a matrix made by {@link #zeros}; does nothing for a view. */
    @Override
    public void close() {
        if (owner && root.closeable()) {
            root.close();
        }
    }

    public boolean contiguous() {
        return stride == columns || rows == 1;
    }

    public int stride() {
        return stride;
    }

    public int index(int row) {
        return (int) (offset + (long) row * stride);
    }

    public FloatBuffer host() {
        return Objects.requireNonNull(host, "no host memory: these kernels need the native backend");
    }

    /** Pointer to an element; valid until the next call on this view, so a view belongs to one thread. */
    public FloatPointer at(int row, int column) {
        return Objects.requireNonNull(pointer).position(offset + (long) row * stride + column);
    }

    private void requireLength(int length) {
        if (length != size()) {
            throw new IllegalArgumentException(
                    "tensor: expected an array of %d * %d numbers, got %d".formatted(rows, columns, length));
        }
    }

    private void requireContiguous() {
        if (!contiguous()) {
            throw new IllegalStateException(
                    "tensor: expected consecutive rows, got a view of %d of %d columns".formatted(columns, stride));
        }
    }
}
