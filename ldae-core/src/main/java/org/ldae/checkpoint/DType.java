package org.ldae.checkpoint;

import java.util.Arrays;
import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * How a tensor's numbers are stored in a safetensors file, under the format's own names.
 *
 * <p>The constants stand in the order in which the reference implementation lays tensors out, so that each tensor
 * starts at a multiple of its element size.
 */
public enum DType {
    /** Signed 64-bit integers; arrays of type INT64. */
    I64(8, DataType.INT64),
    /** IEEE double precision; arrays of type DOUBLE. */
    F64(8, DataType.DOUBLE),
    /** IEEE single precision; arrays of type FLOAT. */
    F32(4, DataType.FLOAT),
    /** Signed 32-bit integers; arrays of type INT32. */
    I32(4, DataType.INT32),
    /** The upper half of a single: 8 bits of exponent, 7 of fraction; read as, and written from, FLOAT. */
    BF16(2, DataType.FLOAT),
    /** IEEE half precision, largest finite number 65504; read as, and written from, FLOAT. */
    F16(2, DataType.FLOAT),
    /** Unsigned bytes; arrays of type UINT8. */
    U8(1, DataType.UINT8);

    private final int bytes;
    private final DataType arrayType;

    DType(int bytes, DataType arrayType) {
        this.bytes = bytes;
        this.arrayType = arrayType;
    }

    /** Bytes of one element in the file. */
    int bytes() {
        return bytes;
    }

    /** Type of the arrays that are read from, and written as, this one. */
    DataType arrayType() {
        return arrayType;
    }

    /** Whether arrays hold these numbers in another form than the file does. */
    boolean isNarrow() {
        return this == F16 || this == BF16;
    }

    /** The one that holds an array's numbers as they are. */
    static Optional<DType> of(DataType type) {
        return Arrays.stream(values())
                .filter(dtype -> dtype.arrayType == type && !dtype.isNarrow())
                .findFirst();
    }

    /** The one of this name in the format. */
    static Optional<DType> named(String name) {
        return Arrays.stream(values())
                .filter(dtype -> dtype.name().equals(name))
                .findFirst();
    }
}
