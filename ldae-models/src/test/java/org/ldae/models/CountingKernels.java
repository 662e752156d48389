package org.ldae.models;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.ldae.compute.Backend;
import org.ldae.compute.Kernels;
import org.ldae.compute.KernelsProvider;
import org.ldae.compute.Memory;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Kernels as someone outside of the library brings them: here the portable ones, on memory that the host doesn't see, counted. */
public final class CountingKernels implements KernelsProvider {

    static final AtomicInteger CALLS = new AtomicInteger();
    /** Calls that return a number, for which the host waits. */
    static final AtomicInteger NUMBERS = new AtomicInteger();
    /** Copies from the kernels' memory to the host's. */
    static final AtomicInteger READS = new AtomicInteger();

    @Override
    public String name() {
        return "counting";
    }

    @Override
    public int priority() {
        return -1;
    }

    @Override
    public Optional<String> unavailable() {
        return Backend.withoutNd4j();
    }

    @Override
    public int threads() {
        return 1;
    }

    @Override
    public Kernels kernels() {
        Kernels portable = Backend.provider("portable").kernels();
        return (Kernels) Proxy.newProxyInstance(
                Kernels.class.getClassLoader(), new Class<?>[] {Kernels.class}, (proxy, method, operands) -> {
                    CALLS.incrementAndGet();
                    NUMBERS.addAndGet(method.getReturnType() == double.class ? 1 : 0);
                    try {
                        return method.invoke(portable, operands);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Override
    public Memory allocate(int size) {
        Memory memory = Memory.ofNd4j(size);
        return new Memory() {
            @Override
            public void put(int at, float[] source, int from, int count) {
                memory.put(at, source, from, count);
            }

            @Override
            public void get(int at, float[] destination, int from, int count) {
                READS.incrementAndGet();
                memory.get(at, destination, from, count);
            }

            @Override
            public Optional<INDArray> array() {
                return memory.array();
            }

            @Override
            public void close() {
                memory.close();
            }
        };
    }
}
