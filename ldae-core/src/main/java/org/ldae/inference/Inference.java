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

    /** Work on a chunk of items, in memory that it knows; belongs to one thread. */
    @FunctionalInterface
    public interface Visit {
        /**
         * Works on a chunk.
         *
         * @param first index of its first item
         * @param count how many, from 1 to n
         */
        void run(int first, int count);
    }

    /** Builds the visit of a worker. */
    @FunctionalInterface
    public interface Visits {
        /**
         * Builds a visit.
         *
         * @param work workspace without gradients, on the worker's thread; freed after the run
         * @param n most items of a chunk
         * @return the visit
         */
        Visit of(Workspace work, int n);
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
        put(items, passes, results);
        return results.numbers.written();
    }

    /** Memory of all results; threads write to different parts of it. */
    private record Results(HostFloats numbers, int size) {
        void put(int first, float[] some, int count) {
            numbers.put((long) first * size, some, 0, count * size);
        }
    }

    private void put(Items items, Passes passes, Results results) {
        each(items.count(), (work, n) -> {
            Pass pass = passes.of(work, n);
            Items.Reader reader = items.readers().get();
            float[] in = new float[n * items.size()];
            float[] out = new float[n * results.size()];
            return (first, count) -> {
                for (int i = 0; i < n; i++) {
                    reader.read(first + Math.min(i, count - 1), in, i * items.size());
                }
                pass.run(in, out, first);
                results.put(first, out, count);
            };
        });
    }

    /**
     * Goes through items that passes read and write in memory of their own.
     *
     * @param total number of items, at least 1
     * @param visits what is done with a chunk of them
     * @throws IllegalStateException if the network is closed
     */
    public void each(int total, Visits visits) {
        use(() -> {
            run(total, visits);
            return total;
        });
    }

    private void run(int total, Visits visits) {
        if (parameters == null && total <= most) {
            // Less than a worker's pass isn't worth waking another thread.
            Workers.withSingleThreadedBlas(() -> {
                chunks(Backend.kernels(), new Stretch(0, 1, total, total), visits);
                return total;
            });
            return;
        }
        try (Workers workers = Workers.forImages(total)) {
            int n = evenly(total, workers.count());
            workers.run(
                    worker -> chunks(workers.kernels(worker), new Stretch(worker, workers.count(), n, total), visits));
        }
    }

    /** Works with the weights, which are not freed before the work ends. */
    <T> T use(Supplier<T> work) {
        return parameters == null ? work.get() : parameters.use(work);
    }

    Workspace workspace(Kernels kernels) {
        return parameters == null ? Workspace.scratch(kernels) : Workspace.inference(kernels, parameters);
    }

    /** Every stride-th chunk of n items, of total ones. */
    private record Stretch(int from, int stride, int n, int total) {}

    /** Goes through chunks on one thread. */
    private void chunks(Kernels kernels, Stretch stretch, Visits visits) {
        int n = stretch.n;
        if (stretch.from * n >= stretch.total) {
            return;
        }
        try (Workspace work = workspace(kernels)) {
            Visit visit = visits.of(work, n);
            for (int first = stretch.from * n; first < stretch.total; first += stretch.stride * n) {
                visit.run(first, Math.min(n, stretch.total - first));
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
