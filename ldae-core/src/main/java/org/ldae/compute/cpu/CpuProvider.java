package org.ldae.compute.cpu;

import java.util.Optional;
import org.ldae.compute.Backend;
import org.ldae.compute.Kernels;
import org.ldae.compute.KernelsProvider;
import org.ldae.compute.Memory;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Kernels for ND4J's native backend. */
public class CpuProvider implements KernelsProvider {

    @Override
    public String name() {
        return "cpu";
    }

    @Override
    public int priority() {
        return 100;
    }

    @Override
    public Optional<String> unavailable() {
        return Backend.withoutNd4j()
                .or(() -> Backend.isNative()
                        ? Optional.empty()
                        : Optional.of("expected ND4J's native backend, got " + Backend.backendName()));
    }

    @Override
    public int threads() {
        return Integer.MAX_VALUE;
    }

    @Override
    public Kernels kernels() {
        return new CpuKernels(Gemms.ofProcess());
    }

    @Override
    public Optional<Memory> share(INDArray array) {
        return Optional.of(Memory.ofNd4j(array));
    }

    @Override
    public String description() {
        return "CPU, " + Gemms.ofProcess().name();
    }

    @Override
    public Runnable hold() {
        BlasThreads.enter();
        return BlasThreads::leave;
    }

    @Override
    public void runOnThread(Runnable work) {
        OpenMp thread = OpenMp.ofThread();
        thread.enter();
        try {
            work.run();
        } finally {
            thread.leave();
        }
    }
}
