package org.ldae.core;

import java.lang.ref.Reference;
import java.util.Objects;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.concurrency.AffinityManager;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The float32 numbers of an array as the host sees them, copied in and out in bulk. Unlike a buffer, which ends at 2 GiB, it
 * reaches all of them. Safe to share between threads that write to different parts.
 */
public final class HostFloats {

    private final INDArray array;
    private final FloatPointer numbers;
    private final long length;

    private HostFloats(INDArray array) {
        this.array = array;
        this.numbers = new FloatPointer(array.data().addressPointer());
        this.length = array.length();
    }

    /**
     * The numbers of an array.
     *
     * @param array float32, row-major from the start of its memory, as {@link Shapes#contiguous} gives it; kept alive by this
     * @return its numbers
     */
    public static HostFloats of(INDArray array) {
        Nd4j.getAffinityManager().ensureLocation(array, AffinityManager.Location.HOST);
        return new HostFloats(array);
    }

    /**
     * The numbers of a new array that holds none yet.
     *
     * @param shape length of each axis
     * @return its numbers, to be written
     */
    public static HostFloats uninitialised(long... shape) {
        return of(Nd4j.createUninitialized(DataType.FLOAT, shape, 'c'));
    }

    /**
     * Copies numbers out.
     *
     * @param at index of the first, row by row
     * @param destination receives them
     * @param offset where the first goes
     * @param count how many
     * @throws IndexOutOfBoundsException if either has fewer
     */
    public void get(long at, float[] destination, int offset, int count) {
        Objects.checkFromIndexSize(at, count, length);
        Objects.checkFromIndexSize(offset, count, destination.length);
        try {
            from(at).get(destination, offset, count);
        } finally {
            Reference.reachabilityFence(array); // the pointer doesn't keep the array's memory alive
        }
    }

    /**
     * Copies numbers in.
     *
     * @param at index of the first, row by row
     * @param source holds them
     * @param offset where the first lies
     * @param count how many
     * @throws IndexOutOfBoundsException if either has fewer
     */
    public void put(long at, float[] source, int offset, int count) {
        Objects.checkFromIndexSize(at, count, length);
        Objects.checkFromIndexSize(offset, count, source.length);
        try {
            from(at).put(source, offset, count);
        } finally {
            Reference.reachabilityFence(array);
        }
    }

    /** A pointer of its own for each call, since its position would be shared between threads. */
    private FloatPointer from(long at) {
        return new FloatPointer(numbers).position(at);
    }

    /**
     * The array, once its numbers are written.
     *
     * @return what this was made of
     */
    public INDArray written() {
        return NdArrays.writtenOnHost(array);
    }
}
