package org.ldae.tokenizers;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.function.Consumer;
import org.ldae.compute.Backend;
import org.ldae.compute.Kernels;
import org.ldae.compute.Workers;
import org.ldae.core.Shapes;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Works through arrays on the heap, a few items of the first axis at a time, so that scratch memory stays small. */
final class Blockwise {

    /** Numbers in a block: 1 MB of floats, about what the second-level cache holds. */
    private static final int BLOCK = 1 << 18;

    private Blockwise() {}

    /** Computes some items from as many items; belongs to one thread. Arrays may hold more items than count. */
    @FunctionalInterface
    interface Block extends AutoCloseable {
        void compute(float[] in, float[] out, int items);

        @Override
        default void close() {}
    }

    /** Makes the block of a thread. */
    @FunctionalInterface
    interface Blocks {
        /** The kernels of its thread, and the most items it will be given. */
        Block of(Kernels kernels, int items);
    }

    /** How many items of a size make a block, at least 1. */
    static int items(int itemSize) {
        return Math.max(1, BLOCK / itemSize);
    }

    /** Refuses an array without items. */
    static void requireItems(INDArray input) {
        if (input.size(0) == 0) {
            throw new IllegalArgumentException(
                    "expected at least one item on the first axis, got " + Arrays.toString(input.shape()));
        }
    }

    /** Maps {@code [N, ...]} in row-major order to a new array {@code [N, itemAxes...]}. */
    static INDArray map(INDArray input, long[] itemAxes, Blocks maker) {
        requireItems(input);
        int count = (int) input.size(0);
        int inSize = (int) (input.length() / count);
        int outSize = Math.toIntExact(Arrays.stream(itemAxes).reduce(1, Math::multiplyExact));
        float[] result = new float[Math.multiplyExact(count, outSize)];
        INDArray rowMajor = Shapes.contiguous(input);
        FloatBuffer numbers = rowMajor.data().asNioFloat();
        int step = Math.min(count, items(Math.max(inSize, outSize)));
        int blocks = (count + step - 1) / step;
        eachBlock(blocks, share -> {
            float[] in = new float[step * inSize];
            float[] out = new float[step * outSize];
            try (Block block = maker.of(share.kernels(), step)) {
                for (int b = share.first(); b < blocks; b += share.stride()) {
                    int first = b * step;
                    int items = Math.min(step, count - first);
                    numbers.get(first * inSize, in, 0, items * inSize);
                    block.compute(in, out, items);
                    System.arraycopy(out, 0, result, first * outSize, items * outSize);
                }
            }
        });
        if (rowMajor != input) {
            rowMajor.close();
        }
        long[] axes = new long[1 + itemAxes.length];
        axes[0] = count;
        System.arraycopy(itemAxes, 0, axes, 1, itemAxes.length);
        return HeapCopy.of(result, axes);
    }

    /** Every stride-th block from the first, on one thread. */
    private record Share(Kernels kernels, int first, int stride) {}

    /** Shares the blocks out to the workers; a single one is computed right here. */
    private static void eachBlock(int blocks, Consumer<Share> work) {
        if (blocks == 1) {
            work.accept(new Share(Backend.kernels(Backend.kind()), 0, 1));
            return;
        }
        try (Workers workers = new Workers()) {
            workers.run(worker -> work.accept(new Share(workers.kernels(worker), worker, workers.count())));
        }
    }
}
