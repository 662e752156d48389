package org.ldae.compute;

import java.nio.FloatBuffer;
import java.util.Objects;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A float32 matrix over {@link Memory}: rows of consecutive numbers, a fixed stride apart.
 *
 * <p>Kernels read and write these. Views are made once, when a network is laid out, so that a training step allocates
 * nothing. Not for general array work: use {@link INDArray} there.
 *
 * <p>After {@link #close} every use of a matrix or of its views is an error.
 */
public final class Tensor implements AutoCloseable {

    private final Root root;
    private final int offset;
    private final int rows;
    private final int columns;
    private final int stride;
    private final boolean owner;
    private @Nullable INDArray array;
    private @Nullable FloatPointer pointer;

    /** What a matrix and its views share. */
    private static final class Root {
        private final Memory memory;
        private final @Nullable FloatBuffer host;
        private volatile boolean closed;

        Root(Memory memory) {
            this.memory = memory;
            this.host = memory.host().orElse(null);
        }

        Memory open() {
            if (closed) {
                throw new IllegalStateException(
                        "the tensor is closed: its memory was freed; copy what is needed before what owns it is"
                                + " closed");
            }
            return memory;
        }
    }

    /** What is laid out to be counted. */
    private static final class NoMemory implements Memory {
        @Override
        public void put(int at, float[] source, int from, int count) {}

        @Override
        public void get(int at, float[] destination, int from, int count) {
            throw new IllegalStateException("tensor: planned only, it has no numbers");
        }

        @Override
        public void close() {}
    }

    private Tensor(Root root, int offset, int rows, int columns, int stride, boolean owner) {
        this.root = root;
        this.offset = offset;
        this.rows = rows;
        this.columns = columns;
        this.stride = stride;
        this.owner = owner;
    }

    /**
     * A new matrix of zeros for the kernels in use.
     *
     * @param rows number of rows, at least 1
     * @param columns numbers in a row, at least 1
     * @return the matrix; close it to free its memory
     * @throws IllegalArgumentException if a side is not positive or the matrix exceeds 2^29 - 1 numbers
     */
    public static Tensor zeros(int rows, int columns) {
        return over(Backend.provider().allocate(size(rows, columns)), rows, columns);
    }

    /**
     * A matrix of a shape without memory, to plan with: what is put is ignored, and nothing can be read.
     *
     * @param rows number of rows, at least 1
     * @param columns numbers in a row, at least 1
     * @return the matrix
     * @throws IllegalArgumentException as {@link #zeros}
     */
    public static Tensor planned(int rows, int columns) {
        size(rows, columns);
        return over(new NoMemory(), rows, columns);
    }

    /**
     * A matrix that owns memory.
     *
     * @param memory at least as many numbers as the matrix has
     * @param rows number of rows, at least 1
     * @param columns numbers in a row, at least 1
     * @return the matrix; closing it closes the memory
     */
    public static Tensor over(Memory memory, int rows, int columns) {
        return new Tensor(new Root(memory), 0, rows, columns, columns, true);
    }

    private static int size(int rows, int columns) {
        long size = (long) rows * columns;
        if (rows < 1 || columns < 1 || size >= 1L << 29) {
            throw new IllegalArgumentException(
                    "tensor: expected positive sides and fewer than 2^29 numbers, got [%d, %d]; use smaller batches"
                            .formatted(rows, columns));
        }
        return (int) size;
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
        root.open();
        Objects.checkFromIndexSize(row, count, rows);
        Objects.checkFromIndexSize(column, width, columns);
        return new Tensor(root, index(row) + column, count, width, stride, false);
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
        root.open();
        requireContiguous();
        Objects.checkFromIndexSize(from, (long) newRows * newColumns, (long) rows * columns);
        return new Tensor(root, offset + from, newRows, newColumns, newColumns, false);
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
     * Numbers from the beginning of a row to that of the next.
     *
     * @return at least the columns
     */
    public int stride() {
        return stride;
    }

    /**
     * Whether each row begins where the one before ends.
     *
     * @return true for all but some columns of several rows
     */
    public boolean contiguous() {
        return stride == columns || rows == 1;
    }

    /**
     * Where a row begins in the memory.
     *
     * @param row its number; 0 gives the offset of the whole matrix
     * @return index of its first number
     */
    public int index(int row) {
        return offset + row * stride;
    }

    /**
     * The memory of kernels that bring their own.
     *
     * @param kind class of the memory that their provider allocates
     * @param <M> the same
     * @return what this matrix lies on, from {@link #index} on
     * @throws IllegalStateException if it lies on other memory
     */
    public <M extends Memory> M memory(Class<M> kind) {
        Memory memory = root.open();
        if (!kind.isInstance(memory)) {
            throw new IllegalStateException("tensor: expected %s of the kernels in use, got %s"
                    .formatted(kind.getName(), memory.getClass().getName()));
        }
        return kind.cast(memory);
    }

    /**
     * The matrix as an ND4J view that shares memory; for kernels built of ND4J operations.
     *
     * @return {@code [rows, columns]}, the same at every call
     * @throws IllegalStateException if it lies on memory that ND4J doesn't know
     */
    public INDArray array() {
        Memory memory = root.open();
        INDArray view = array;
        if (view == null) {
            INDArray all = memory.array().orElseThrow(() -> foreign("these kernels need memory of ND4J"));
            long[] strides = {stride, 1};
            view = Nd4j.create(all.data(), new long[] {rows, columns}, strides, offset, 'c');
            array = view;
        }
        return view;
    }

    /**
     * The memory as the host sees it; for kernels that read and write it there.
     *
     * @return all of the memory; this matrix lies from {@link #index} on
     * @throws IllegalStateException if the host doesn't see it
     */
    public FloatBuffer host() {
        root.open();
        if (root.host == null) {
            throw foreign("these kernels need host memory, as of ND4J's native backend");
        }
        return root.host;
    }

    /**
     * Pointer to an element in host memory. It is valid until the next call on this view, so that a view belongs to one thread.
     *
     * @param row of the element
     * @param column of the element
     * @return the pointer
     * @throws IllegalStateException if the host doesn't see the memory
     */
    public FloatPointer at(int row, int column) {
        FloatBuffer host = host();
        FloatPointer element = pointer;
        if (element == null) {
            element = new FloatPointer(host);
            pointer = element;
        }
        return element.position((long) index(row) + column);
    }

    private IllegalStateException foreign(String needed) {
        return new IllegalStateException(
                "tensor: %s, got %s".formatted(needed, root.memory.getClass().getSimpleName()));
    }

    /**
     * Copies numbers in.
     *
     * @param source as many numbers as the matrix has, row by row
     */
    public void put(float[] source) {
        Memory memory = root.open();
        requireContiguous();
        requireLength(source.length);
        memory.put(offset, source, 0, source.length);
    }

    /**
     * Copies numbers out.
     *
     * @param destination as long as the matrix has numbers, row by row
     */
    public void get(float[] destination) {
        Memory memory = root.open();
        requireContiguous();
        requireLength(destination.length);
        memory.get(offset, destination, 0, destination.length);
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

    /** Frees the memory of a matrix that owns it; does nothing for a view. */
    @Override
    public void close() {
        if (owner && !root.closed) {
            root.closed = true;
            root.memory.close();
        }
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
