package org.ldae.compute;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.ldae.compute.cpu.CpuKernels;
import org.ldae.compute.cpu.Gemms;
import org.ldae.compute.portable.PortableKernels;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Which kernels run: the CPU ones on ND4J's native backend, the portable ones elsewhere.
 *
 * <p>The system property {@code ldae.kernels} ({@code auto}, {@code cpu} or {@code portable}) overrides the choice, and
 * {@code ldae.threads} the number of worker threads of the CPU kernels (default: the number of processors), and {@code
 * ldae.gemm} ({@code auto}, {@code onednn} or {@code openblas}) whose matrix product they call: oneDNN's if it is on the class
 * path, or that of ND4J's OpenBLAS. {@code ldae.split} ({@code auto}, {@code images} or {@code rows}) says what threads split:
 * see {@link #shares}.
 */
public final class Backend {

    private Backend() {}

    /** The two implementations of {@link Kernels}. */
    public enum Kind {
        /** ND4J operations only; runs on every backend. */
        PORTABLE,
        /** BLAS and fused loops over host memory; needs the native backend. */
        CPU
    }

    /**
     * The kernels chosen for this process.
     *
     * @return by property, or by backend
     * @throws IllegalStateException if the property names the CPU kernels on another backend, or no backend is there
     */
    public static Kind kind() {
        String wanted = System.getProperty("ldae.kernels", "auto");
        boolean cpu = isNative();
        return switch (wanted) {
            case "auto" -> cpu ? Kind.CPU : Kind.PORTABLE;
            case "portable" -> Kind.PORTABLE;
            case "cpu" -> {
                if (!cpu) {
                    throw new IllegalStateException(
                            "ldae.kernels=cpu: expected ND4J's native backend, got " + backendName());
                }
                yield Kind.CPU;
            }
            default -> throw new IllegalStateException("ldae.kernels: expected auto, cpu or portable, got " + wanted);
        };
    }

    /**
     * New kernels for one thread.
     *
     * @param kind which implementation
     * @return kernels that must not be shared between threads
     */
    public static Kernels kernels(Kind kind) {
        return kind == Kind.CPU ? new CpuKernels(Gemms.ofProcess()) : new PortableKernels();
    }

    /** Set while {@link #withThreads} runs. */
    private static final ThreadLocal<@Nullable Integer> LIMIT = new ThreadLocal<>();

    /**
     * Runs work with fewer threads than the process's number, so that several trainings can go on side by side.
     *
     * @param most threads that a batch is split over when the work asks for workers on the calling thread, at least 1
     * @param work what to do
     * @param <T> type of its result
     * @return what it returned
     */
    public static <T> T withThreads(int most, Supplier<T> work) {
        if (most < 1) {
            throw new IllegalArgumentException("threads: expected at least 1, got " + most);
        }
        Integer before = LIMIT.get();
        LIMIT.set(before == null ? most : Math.min(before, most));
        try {
            return work.get();
        } finally {
            LIMIT.set(before);
        }
    }

    /**
     * Number of threads a batch is split over.
     *
     * @return the property {@code ldae.threads} or the processors for the CPU kernels, at most what {@link #withThreads}
     *     allows; 1 for the portable ones
     */
    public static int threads() {
        if (kind() == Kind.PORTABLE) {
            return 1;
        }
        Integer limit = LIMIT.get();
        return limit == null ? processThreads() : Math.min(limit, processThreads());
    }

    /**
     * Into how many shares a batch is split. By the property {@code ldae.split}: each thread takes some of the {@code images},
     * or all threads share each operation on the {@code rows} of one share, which {@code auto} chooses for batches of fewer
     * images than threads.
     *
     * @param images in a batch, at least 1
     * @return from 1 to {@link #threads}
     * @throws IllegalStateException if the property has another value
     */
    public static int shares(int images) {
        return sharesOperations(images) ? 1 : Math.min(images, threads());
    }

    /** Whether threads share each operation instead of the images. */
    static boolean sharesOperations(int images) {
        String split = System.getProperty("ldae.split", "auto");
        return switch (split) {
            case "auto" -> images < threads();
            case "images" -> false;
            case "rows" -> threads() > 1;
            default -> throw new IllegalStateException("ldae.split: expected auto, images or rows, got " + split);
        };
    }

    private static int processThreads() {
        int threads = Integer.getInteger("ldae.threads", Runtime.getRuntime().availableProcessors());
        if (threads < 1) {
            throw new IllegalStateException("ldae.threads: expected at least 1, got " + threads);
        }
        return threads;
    }

    /**
     * The backend's name, for provenance.
     *
     * @return such as {@code CpuBackend}
     */
    public static String backendName() {
        require();
        return Nd4j.getBackend().getClass().getSimpleName();
    }

    /**
     * What computes, for provenance.
     *
     * @return the kernels and the library of their products, such as {@code CPU, oneDNN 2.5.2}
     */
    public static String kernelsName() {
        Kind kind = kind();
        return kind == Kind.CPU ? kind + ", " + Gemms.ofProcess().name() : kind.toString();
    }

    public static boolean isNative() {
        return backendName().equals("CpuBackend");
    }

    /** Fails with what to do if no ND4J backend is on the class path. */
    static void require() {
        Holder.check();
    }

    /** Loads ND4J once. */
    private static final class Holder {
        private static final String FAILURE = failure();

        static void check() {
            if (!FAILURE.isEmpty()) {
                throw new IllegalStateException("no ND4J backend could be loaded (" + FAILURE
                        + "); add org.nd4j:nd4j-native (CPU) or org.nd4j:nd4j-cuda-11.6 (GPU) to the class path");
            }
        }

        private static String failure() {
            try {
                return Nd4j.getBackend() == null ? "none found" : "";
            } catch (ExceptionInInitializerError | NoClassDefFoundError e) {
                return String.valueOf(e.getCause() == null ? e : e.getCause());
            }
        }
    }
}
