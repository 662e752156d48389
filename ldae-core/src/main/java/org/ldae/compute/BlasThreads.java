package org.ldae.compute;

import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.openblas.presets.openblas_nolapack;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.factory.Nd4j;

/** The process-wide number of BLAS threads: 1 while any workers are open, as it was before once all are closed. */
final class BlasThreads {

    private static final @Nullable Setter OPENBLAS = openBlas();
    private static int open;
    private static int before;

    private BlasThreads() {}

    static synchronized void enter() {
        if (open++ == 0) {
            before = Nd4j.factory().blas().getMaxThreads();
            set(1);
        }
    }

    static synchronized void leave() {
        if (--open == 0) {
            set(before);
        }
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
