package org.ldae.checkpoint;

import java.util.List;

/**
 * What the header says of one tensor.
 *
 * @param dtype how its numbers are stored
 * @param shape length of each axis; no axes for a scalar
 * @param begin first byte, counted from the end of the header
 * @param end one past the last byte
 */
record TensorInfo(DType dtype, List<Long> shape, long begin, long end) {

    /** Copies the shape. */
    TensorInfo {
        shape = List.copyOf(shape);
    }

    long elements() {
        return (end - begin) / dtype.bytes();
    }

    long[] shapeArray() {
        return shape.stream().mapToLong(Long::longValue).toArray();
    }

    /**
     * Bytes that a tensor takes.
     *
     * @throws ArithmeticException if they are more than a long can count
     */
    static long byteCount(DType dtype, List<Long> shape) {
        long count = dtype.bytes();
        for (long length : shape) {
            count = Math.multiplyExact(count, length);
        }
        return count;
    }
}
