package org.ldae.compute.portable;

import java.util.Optional;
import org.ldae.compute.Backend;
import org.ldae.compute.Kernels;
import org.ldae.compute.KernelsProvider;
import org.ldae.compute.Memory;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Kernels made of ND4J operations, which use all threads or the device by themselves. */
public final class PortableProvider implements KernelsProvider {

    @Override
    public String name() {
        return "portable";
    }

    @Override
    public int priority() {
        return 0;
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
        return new PortableKernels();
    }

    @Override
    public Optional<Memory> share(INDArray array) {
        return Optional.of(Memory.ofNd4j(array));
    }

    @Override
    public String description() {
        return "PORTABLE";
    }
}
