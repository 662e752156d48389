package org.ldae.compute.cpu;

import java.util.LinkedHashMap;
import java.util.Map;
import org.ldae.compute.Kernels;

/** The CPU kernels over each library of products on the class path. */
public final class EveryGemm {

    private EveryGemm() {}

    /** New kernels by their library's name. */
    public static Map<String, Kernels> kernels() {
        Map<String, Kernels> kernels = new LinkedHashMap<>();
        for (Gemm gemm : new Gemm[] {Gemms.choose("auto"), new OpenBlas()}) {
            kernels.putIfAbsent(gemm.name(), new CpuKernels(gemm));
        }
        return kernels;
    }
}
