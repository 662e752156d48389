package org.ldae.probe;

import org.nd4j.linalg.api.concurrency.AffinityManager;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Copies from the heap into an array's memory at once; {@code Nd4j.create} goes number by number. */
final class BulkCopy {

    private BulkCopy() {}

    /** Writes all numbers from an index of the array's memory on. */
    static void put(float[] numbers, INDArray array, int at) {
        array.data().asNioFloat().put(at, numbers);
        // Tells a backend with memory of its own which copy is the new one.
        Nd4j.getAffinityManager().tagLocation(array, AffinityManager.Location.HOST);
    }
}
