package org.ldae.inference;

import java.util.Arrays;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.ldae.compute.Backend;
import org.ldae.compute.Kernels;
import org.ldae.compute.Workers;
import org.ldae.core.HostFloats;
import org.ldae.core.TokenGrid;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Runs forward passes over many items, chunk by chunk on all workers: the one way in which networks and tokenizers go
 * through images. Scratch memory is that of one chunk for each worker.
 */
public final class Inference {

    /** Token rows of a pass: enough for full-speed products, few enough that a layer stays in the second-level cache. */
    private static final int ROWS_A_PASS = 1024;

    /** Numbers of a pass without layers: 1 MB of floats, about what the second-level cache holds. */
    private static final int NUMBERS_A_PASS = 1 << 18;

    /** Weights, kept in memory during a run; null for light work without any. */
    private final @Nullable Parameters parameters;

    private final int most;

    private Inference(@Nullable Parameters parameters, int most) {
        this.parameters = parameters;
        this.most = most;
    }

    /**
     * Runs over a network.
     *
     * @param parameters its weights
     * @param most items of a pass, at least 1
     * @return the runner
     */
    public static Inference of(Parameters parameters, int most) {
        return new Inference(parameters, most);
    }

    /**
     * Runs without weights, or with weights that passes bring along and that do little with each number.
     *
     * @param most items of a pass, at least 1
     * @return the runner
     */
    public static Inference withoutWeights(int most) {
        return new Inference(null, most);
    }

    /** A forward pass over n items; belongs to one thread. */
    @FunctionalInterface
    public interface Pass {
        /**
         * Computes the results of a chunk.
         *
         * @param in numbers of n items; a last, smaller chunk is filled up with copies of its last item
         * @param out receives the results of n items
         * @param first index of the first item
         */
        void run(float[] in, float[] out, int first);
    }

    /** Builds the pass of a worker. */
    @FunctionalInterface
    public interface Passes {
        /**
         * Builds a pass.
         *
         * @param work workspace without gradients, on the worker's thread; freed after the run
         * @param n items of a pass
         * @return the pass
         */
        Pass of(Workspace work, int n);
    }

    /**
     * Most images of a transformer's pass.
     *
     * @param grid how they are cut
     * @return at least 1
     */
    public static int imagesAtOnce(TokenGrid grid) {
        return Math.max(1, ROWS_A_PASS / grid.tokens());
    }

    /**
     * Most items of a pass that does little with each number.
     *
     * @param size numbers of an item
     * @return at least 1
     */
    public static int itemsAtOnce(int size) {
        return Math.max(1, NUMBERS_A_PASS / size);
    }

    /**
     * Maps every item to a result.
     *
     * @param items N of them, at least 1
     * @param axes shape of a result
     * @param passes what computes them
     * @return {@code [N, axes...]} float32
     * @throws IllegalArgumentException if there is no item
     * @throws IllegalStateException if the network is closed
     */
    public INDArray map(Items items, long[] axes, Passes passes) {
        int total = items.count();
        if (total == 0) {
            throw new IllegalArgumentException("items: expected at least one on the first axis, got none");
        }
        long[] shape = new long[1 + axes.length];
        shape[0] = total;
        System.arraycopy(axes, 0, shape, 1, axes.length);
        int size = Math.toIntExact(Arrays.stream(axes).reduce(1, Math::multiplyExact));
        Results results = new Results(HostFloats.uninitialised(shape), size);
        use(() -> run(items, passes, results));
        return results.numbers.written();
    }

    /** Memory of all results; threads write to different parts of it. */
    private record Results(HostFloats numbers, int size) {
        void put(int first, float[] some, int count) {
            numbers.put((long) first * size, some, 0, count * size);
        }
    }

    private Results run(Items items, Passes passes, Results results) {
        if (parameters == null && items.count() <= most) {
            // Less than a worker's pass isn't worth waking another thread.
            Run here = new Run(items, passes, results, items.count());
            return Workers.withSingleThreadedBlas(() -> {
                here.chunks(Backend.kernels(), 0, 1);
                return results;
            });
        }
        try (Workers workers = Workers.forImages(items.count())) {
            Run run = new Run(items, passes, results, evenly(items.count(), workers.count()));
            workers.run(worker -> run.chunks(workers.kernels(worker), worker, workers.count()));
            return results;
        }
    }

    /** Works with the weights, which are not freed before the work ends. */
    <T> T use(Supplier<T> work) {
        return parameters == null ? work.get() : parameters.use(work);
    }

    Workspace workspace(Kernels kernels) {
        return parameters == null ? Workspace.scratch(kernels) : Workspace.inference(kernels, parameters);
    }

    /** Chunks of n items. */
    private final class Run {
        private final Items items;
        private final Passes passes;
        private final Results results;
        private final int n;

        Run(Items items, Passes passes, Results results, int n) {
            this.items = items;
            this.passes = passes;
            this.results = results;
            this.n = n;
        }

        /** Goes through every stride-th chunk on one thread. */
        void chunks(Kernels kernels, int from, int stride) {
            if (from * n >= items.count()) {
                return;
            }
            try (Workspace work = workspace(kernels)) {
                Pass pass = passes.of(work, n);
                Items.Reader reader = items.readers().get();
                float[] in = new float[n * items.size()];
                float[] out = new float[n * results.size()];
                for (int first = from * n; first < items.count(); first += stride * n) {
                    int count = Math.min(n, items.count() - first);
                    for (int i = 0; i < n; i++) {
                        reader.read(first + Math.min(i, count - 1), in, i * items.size());
                    }
                    pass.run(in, out, first);
                    results.put(first, out, count);
                }
            }
        }
    }

    /** Items of a chunk: as many chunks for each worker, none of them filled up by much. */
    private int evenly(int total, int workers) {
        int rounds = ceilDiv(total, workers * most);
        return ceilDiv(total, workers * rounds);
    }

    private static int ceilDiv(int a, int b) {
        return (a + b - 1) / b;
    }
}
