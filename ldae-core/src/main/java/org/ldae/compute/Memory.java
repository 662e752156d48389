package org.ldae.compute;

import java.nio.FloatBuffer;
import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Float32 numbers that {@link Tensor}s lie on. It may be a device's: what isn't on the host has no {@link #host}, and its kernels
 * find it again by {@link Tensor#memory(Class)}. Views of a tensor share its memory and differ in offset and stride.
 */
public interface Memory extends AutoCloseable {

    /**
     * Copies numbers in.
     *
     * @param at index of the first number in this memory
     * @param source where they come from
     * @param from index of the first in the source
     * @param count how many
     */
    void put(int at, float[] source, int from, int count);

    /**
     * Copies numbers out.
     *
     * @param at index of the first number in this memory
     * @param destination where they go to
     * @param from index of the first in the destination
     * @param count how many
     */
    void get(int at, float[] destination, int from, int count);

    /**
     * The same numbers as the host sees them, for kernels that read and write host memory.
     *
     * @return a direct buffer; empty for memory of a device
     */
    default Optional<FloatBuffer> host() {
        return Optional.empty();
    }

    /**
     * The same numbers as an ND4J vector, for kernels made of ND4J operations.
     *
     * @return the vector that shares memory; empty if ND4J doesn't know this memory
     */
    default Optional<INDArray> array() {
        return Optional.empty();
    }

    /** Frees the memory. The tensor that owns it calls this once. */
    @Override
    void close();

    /**
     * New memory of ND4J's backend.
     *
     * @param size how many numbers, at least 1
     * @return zeros
     */
    static Memory ofNd4j(int size) {
        return new Nd4jMemory(Nd4j.create(DataType.FLOAT, size), true);
    }

    /**
     * The numbers of an array of ND4J, shared with it.
     *
     * @param array float32, row-major from the start of its memory, fewer than 2^29 numbers; kept alive by this memory, and
     *     left open by {@link #close}
     * @return its numbers
     */
    static Memory ofNd4j(INDArray array) {
        return new Nd4jMemory(array.reshape('c', new long[] {array.length()}), false);
    }
}
