package org.ldae.compute.cpu;

import java.util.function.Function;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.openblas.presets.openblas_nolapack;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.factory.Nd4j;

/**
 * OpenBLAS's number of threads, which is one of the whole process: 1 while anything holds it, and as it was before once nothing
 * does.
 */
final class BlasThreads {

    private static final @Nullable Setter SET = address("openblas_set_num_threads", Setter::new);
    private static final @Nullable Getter GET = address("openblas_get_num_threads", Getter::new);
    private static int open;
    private static int before;

    private BlasThreads() {}

    public static synchronized void enter() {
        if (open++ == 0) {
            before = GET == null ? Nd4j.factory().blas().getMaxThreads() : GET.call(0);
            set(1);
        }
    }

    public static synchronized void leave() {
        if (--open == 0) {
            set(before);
        }
    }

    /**
     * Keeps the next call of OpenBLAS on the calling thread. On a worker it is held for longer already.
     *
     * @return whether it must be let go by {@link #leave}
     */
    static boolean enterOffWorkers() {
        boolean off = !OpenMp.ofThread().entered();
        if (off) {
            enter();
        }
        return off;
    }

    private static void set(int threads) {
        if (SET != null) {
            SET.call(threads);
        } else {
            Nd4j.factory().blas().setMaxThreads(threads);
        }
    }

    private static <F> @Nullable F address(String name, Function<Pointer, F> call) {
        Loader.load(openblas_nolapack.class);
        Pointer function = Loader.addressof(name);
        return function == null ? null : call.apply(function);
    }

    /** ND4J looks the function up at every call, which takes a millisecond: as long as encoding some images. */
    private static final class Setter extends openblas_nolapack.SetNumThreads {
        Setter(Pointer function) {
            put(function);
        }
    }

    /** A function from nothing to a number, seen as the only kind there is a class for: it doesn't look at what it is given. */
    private static final class Getter extends openblas_nolapack.MklSetNumThreadsLocal {
        Getter(Pointer function) {
            put(function);
        }
    }
}
