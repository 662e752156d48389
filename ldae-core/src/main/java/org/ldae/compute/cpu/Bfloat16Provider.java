package org.ldae.compute.cpu;

import java.util.Optional;
import org.ldae.compute.Kernels;

/**
 * The CPU kernels with products of linear layers and attention in half the bits, where the processor has them: faster, and off by two
 * or three of a thousand in a product. All else (components, probes, convolutions, sums, weights, AdamW) keeps float32.
 */
public final class Bfloat16Provider extends CpuProvider {

    @Override
    public String name() {
        return "bfloat16";
    }

    /** To be asked for by name. */
    @Override
    public int priority() {
        return -1;
    }

    @Override
    public Optional<String> unavailable() {
        return super.unavailable().or(Bfloat16::unavailable);
    }

    @Override
    public Kernels kernels() {
        return new CpuKernels(Gemms.ofProcess(), new Bfloat16(Gemms.ofProcess()));
    }

    @Override
    public String description() {
        return super.description() + ", layers' products in bfloat16";
    }
}
