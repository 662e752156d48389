package org.ldae.compute;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Which kernels run, and on how many threads.
 *
 * <p>The system property {@code ldae.kernels} names a {@link KernelsProvider}: {@code cpu}, {@code bfloat16} (the CPU's with
 * products of networks in half the bits, where the processor has them), {@code portable} or one's own; by default ({@code auto})
 * it is the one of the highest priority that can run. {@link #withKernels} chooses for some work. {@code ldae.threads} is the number of worker threads
 * (default: the number of processors), and {@code ldae.gemm} ({@code auto}, {@code onednn} or {@code openblas}) tells the CPU
 * kernels whose matrix product to call: oneDNN's if it is on the class path, or that of ND4J's OpenBLAS. {@code ldae.split}
 * ({@code auto}, {@code images} or {@code rows}) says what threads split: see {@link #shares}.
 */
public final class Backend {

    private static final String KERNELS = "ldae.kernels";
    private static final String AUTO = "auto";

    private Backend() {}

    /**
     * All kernels on the class path.
     *
     * @return those of the highest priority first, available or not
     */
    public static List<KernelsProvider> providers() {
        return Providers.ALL;
    }

    /**
     * The kernels of a name.
     *
     * @param name as its provider tells it
     * @return the provider
     * @throws IllegalStateException if there is none of this name, or it can't run in this process
     */
    public static KernelsProvider provider(String name) {
        for (KernelsProvider each : providers()) {
            if (each.name().equals(name) && each.unavailable().isEmpty()) {
                return each;
            }
        }
        throw new IllegalStateException(
                "%s: expected auto or kernels that can run here (%s), got %s".formatted(KERNELS, known(), name));
    }

    /**
     * The kernels chosen for what the calling thread begins.
     *
     * @return by {@link #withKernels}, by the property, or the first that can run here
     * @throws IllegalStateException as {@link #provider(String)}, or if none can run here
     */
    public static KernelsProvider provider() {
        KernelsProvider chosen = CHOSEN.get();
        if (chosen != null) {
            return chosen;
        }
        String wanted = System.getProperty(KERNELS, AUTO);
        if (!wanted.equals(AUTO)) {
            return provider(wanted);
        }
        for (KernelsProvider each : providers()) {
            if (each.unavailable().isEmpty()) {
                return each;
            }
        }
        throw new IllegalStateException("no kernels can run here (%s)".formatted(known()));
    }

    /** The names of all, first those that can run; a reason that several have stands once. */
    private static String known() {
        Map<String, List<String>> namesByReason = new LinkedHashMap<>();
        for (KernelsProvider each : providers()) {
            String reason = each.unavailable().map(why -> " can't: " + why).orElse("");
            namesByReason.computeIfAbsent(reason, key -> new ArrayList<>()).add(each.name());
        }
        return namesByReason.entrySet().stream()
                .sorted(Comparator.comparing(entry -> !entry.getKey().isEmpty()))
                .map(entry -> String.join(", ", entry.getValue()) + entry.getKey())
                .collect(Collectors.joining("; "));
    }

    /**
     * New kernels for one thread.
     *
     * @return kernels of {@link #provider()} that are not shared between threads; those of more than one thread compute on the
     *     thread that calls them alone, whoever's it is
     */
    public static Kernels kernels() {
        return provider().kernels();
    }

    /** Found once; by this class's loader, since a thread's may not see the library. */
    private static final class Providers {
        private static final List<KernelsProvider> ALL =
                ServiceLoader.load(KernelsProvider.class, KernelsProvider.class.getClassLoader()).stream()
                        .map(ServiceLoader.Provider::get)
                        .sorted(Comparator.comparingInt(KernelsProvider::priority)
                                .reversed())
                        .toList();
    }

    /** Set while {@link #withKernels} runs. */
    private static final ThreadLocal<@Nullable KernelsProvider> CHOSEN = new ThreadLocal<>();

    /**
     * Runs work with other kernels than the process's: a training, an encoding or a predictor that begins in it keeps them to its
     * end, for example {@code Backend.withKernels("bfloat16", () -> Trainer.start(recipe, images, rng, progress))}.
     *
     * @param name as in {@link #provider(String)}
     * @param work what to do
     * @param <T> type of its result
     * @return what it returned
     * @throws IllegalStateException as {@link #provider(String)}
     */
    public static <T> T withKernels(String name, Supplier<T> work) {
        KernelsProvider before = CHOSEN.get();
        CHOSEN.set(provider(name));
        try {
            return work.get();
        } finally {
            CHOSEN.set(before);
        }
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
     * @return the property {@code ldae.threads} or the processors, at most what {@link #withThreads} and the kernels allow
     */
    public static int threads() {
        int threads = Math.min(processThreads(), provider().threads());
        Integer limit = LIMIT.get();
        return limit == null ? threads : Math.min(limit, threads);
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
        withoutNd4j().ifPresent(why -> {
            throw new IllegalStateException(why);
        });
        return Nd4j.getBackend().getClass().getSimpleName();
    }

    /**
     * Whether ND4J's arrays lie in host memory.
     *
     * @return true for its native backend
     */
    public static boolean isNative() {
        return backendName().equals("CpuBackend");
    }

    /**
     * Why ND4J can't be used in this process.
     *
     * @return what went wrong and what to do; empty if a backend of it could be loaded
     */
    public static Optional<String> withoutNd4j() {
        return Nd4jLoading.MISSING;
    }
}
