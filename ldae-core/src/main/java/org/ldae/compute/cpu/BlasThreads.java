package org.ldae.compute.cpu;

import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.openblas.presets.openblas_nolapack;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * The numbers of threads that libraries below use: OpenBLAS's of the whole process is 1 while any workers are open and as it was
 * before once all are closed; OpenMP's, which ND4J and oneDNN go by, belongs to the thread that asks.
 */
final class BlasThreads {

    private static final @Nullable Setter OPENBLAS = openBlas();
    private static int open;
    private static int before;

    private BlasThreads() {}

    public static synchronized void enter() {
        if (open++ == 0) {
            before = Nd4j.factory().blas().getMaxThreads();
            set(1);
        }
    }

    public static synchronized void leave() {
        if (--open == 0) {
            set(before);
        }
    }

    /** From now on what the calling thread asks of OpenMP runs on so many threads; returns how many it was. */
    public static int setOpenMp(int threads) {
        NativeOps ops = NativeOpsHolder.getInstance().getDeviceNativeOps();
        int former = ops.ompGetMaxThreads();
        ops.setOmpNumThreads(threads);
        return former;
    }

    private static void set(int threads) {
        if (OPENBLAS != null) {
            OPENBLAS.call(threads);
        } else {
            Nd4j.factory().blas().setMaxThreads(threads);
        }
    }

    private static @Nullable Setter openBlas() {
        Loader.load(openblas_nolapack.class);
        Pointer function = Loader.addressof("openblas_set_num_threads");
        return function == null ? null : new Setter(function);
    }

    /** ND4J looks the function up at every call, which takes a millisecond: as long as encoding some images. */
    private static final class Setter extends openblas_nolapack.SetNumThreads {
        Setter(Pointer function) {
            put(function);
        }
    }
}
