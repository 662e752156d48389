package org.ldae.checkpoint;

import java.util.List;
import java.util.Optional;

/**
 * What the header says of one tensor.
 *
 * @param type how its numbers are stored, as the file says it
 * @param shape length of each axis; no axes for a scalar
 * @param begin first byte, counted from the end of the header
 * @param end one past the last byte
 */
record TensorInfo(String type, List<Long> shape, long begin, long end) {

    /** Copies the shape. */
    TensorInfo {
        shape = List.copyOf(shape);
    }

    /** The type, if it is one of those that arrays can hold. */
    Optional<DType> dtype() {
        return DType.named(type);
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
