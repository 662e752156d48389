package org.ldae.core;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.concurrency.AffinityManager;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** ND4J arrays made from heap arrays by one bulk copy; {@code Nd4j.create} goes number by number, five times slower. */
public final class NdArrays {

    private NdArrays() {}

    /**
     * A new row-major float32 array.
     *
     * @param numbers at least as many as the shape holds; the leading ones are copied
     * @param shape length of each axis
     * @return the array
     */
    public static INDArray of(float[] numbers, long... shape) {
        INDArray array = Nd4j.createUninitialized(DataType.FLOAT, shape, 'c');
        array.data().asNioFloat().put(numbers, 0, (int) array.length());
        return writtenOnHost(array);
    }

    /**
     * A new row-major float64 array.
     *
     * @param numbers at least as many as the shape holds; the leading ones are copied
     * @param shape length of each axis
     * @return the array
     */
    public static INDArray of(double[] numbers, long... shape) {
        INDArray array = Nd4j.createUninitialized(DataType.DOUBLE, shape, 'c');
        array.data().asNioDouble().put(numbers, 0, (int) array.length());
        return writtenOnHost(array);
    }

    /**
     * The numbers of an array in row-major order.
     *
     * @param array of any order; stays the caller's
     * @return a copy
     */
    public static float[] floats(INDArray array) {
        try (INDArray rows = array.dup('c')) {
            return rows.data().asFloat();
        }
    }

    /**
     * Numbers rounded to float32.
     *
     * @param numbers any
     * @return a new array
     */
    public static float[] floats(double[] numbers) {
        float[] floats = new float[numbers.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) numbers[i];
        }
        return floats;
    }

    /**
     * Tells a backend with memory of its own which copy is the new one.
     *
     * @param array written through its buffer on the host
     * @return the array
     */
    public static INDArray writtenOnHost(INDArray array) {
        Nd4j.getAffinityManager().tagLocation(array, AffinityManager.Location.HOST);
        return array;
    }
}
