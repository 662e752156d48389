package org.ldae.compute;

import java.lang.ref.Reference;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Memory of ND4J's backend, which is host memory if that is the native one. */
final class Nd4jMemory implements Memory {

    private final INDArray array;
    private final boolean owner;
    private final Optional<FloatBuffer> host;

    Nd4jMemory(INDArray vector, boolean owner) {
        this.array = vector;
        this.owner = owner;
        host = Backend.isNative()
                ? Optional.of(new FloatPointer(array.data().pointer())
                        .limit(array.length())
                        .asBuffer())
                : Optional.empty();
    }

    @Override
    public void put(int at, float[] source, int from, int count) {
        if (host.isPresent()) {
            host.get().put(at, source, from, count);
        } else {
            part(at, count).assign(Nd4j.createFromArray(Arrays.copyOfRange(source, from, from + count)));
        }
    }

    @Override
    public void get(int at, float[] destination, int from, int count) {
        if (host.isPresent()) {
            host.get().get(at, destination, from, count);
        } else {
            System.arraycopy(part(at, count).dup('c').data().asFloat(), 0, destination, from, count);
        }
    }

    private INDArray part(int at, int count) {
        return array.get(NDArrayIndex.interval(at, at + count));
    }

    @Override
    public Optional<FloatBuffer> host() {
        return host;
    }

    @Override
    public Optional<INDArray> array() {
        return Optional.of(array);
    }

    @Override
    public void close() {
        try {
            if (owner && array.closeable()) {
                array.close();
            }
        } finally {
            Reference.reachabilityFence(array); // the buffer doesn't keep a caller's memory alive
        }
    }
}
