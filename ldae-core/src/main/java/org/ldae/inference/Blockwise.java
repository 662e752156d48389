package org.ldae.inference;

import java.lang.ref.Reference;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.function.Consumer;
import org.ldae.compute.Backend;
import org.ldae.compute.Kernels;
import org.ldae.compute.Workers;
import org.ldae.core.Shapes;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Works through arrays, a few items of the first axis at a time, so that scratch memory stays small. */
public final class Blockwise {

    /** Numbers in a block: 1 MB of floats, about what the second-level cache holds. */
    private static final int BLOCK = 1 << 18;

    private Blockwise() {}

    /** Computes some items from as many items; belongs to one thread. */
    @FunctionalInterface
    public interface Block extends AutoCloseable {
        void compute(Slice in, Slice out, int items);

        @Override
        default void close() {}
    }

    /** The numbers of an array from some item on; threads may share the array. */
    public record Slice(FloatBuffer numbers, int from) {

        /** Copies the first count numbers from {@code at} on, counted from the slice's first. */
        public void get(int at, float[] destination, int count) {
            numbers.get(from + at, destination, 0, count);
        }

        /** Overwrites as many from {@code at} on. */
        public void put(int at, float[] source, int count) {
            numbers.put(from + at, source, 0, count);
        }
    }

    /** Makes the block of a thread. */
    @FunctionalInterface
    public interface Blocks {
        /** The kernels of its thread, and the most items it will be given. */
        public Block of(Kernels kernels, int items);
    }

    /** How many items of a size make a block, at least 1. */
    public static int items(int itemSize) {
        return Math.max(1, BLOCK / itemSize);
    }

    /** Refuses an array without items. */
    public static void requireItems(INDArray input) {
        if (input.size(0) == 0) {
            throw new IllegalArgumentException(
                    "expected at least one item on the first axis, got " + Arrays.toString(input.shape()));
        }
    }

    /** Maps {@code [N, ...]} in row-major order to a new array {@code [N, itemAxes...]}. */
    public static INDArray map(INDArray input, long[] itemAxes, Blocks maker) {
        requireItems(input);
        int count = (int) input.size(0);
        int inSize = (int) (input.length() / count);
        int outSize = Math.toIntExact(Arrays.stream(itemAxes).reduce(1, Math::multiplyExact));
        long[] axes = new long[1 + itemAxes.length];
        axes[0] = count;
        System.arraycopy(itemAxes, 0, axes, 1, itemAxes.length);
        Math.multiplyExact(count, outSize); // what a buffer is indexed by
        INDArray result = Nd4j.createUninitialized(DataType.FLOAT, axes, 'c');
        INDArray rowMajor = Shapes.contiguous(input);
        FloatBuffer from = rowMajor.data().asNioFloat();
        FloatBuffer to = result.data().asNioFloat();
        int step = Math.min(count, items(Math.max(inSize, outSize)));
        int blocks = (count + step - 1) / step;
        try {
            eachBlock(blocks, share -> {
                try (Block block = maker.of(share.kernels(), step)) {
                    for (int b = share.first(); b < blocks; b += share.stride()) {
                        int first = b * step;
                        int items = Math.min(step, count - first);
                        block.compute(new Slice(from, first * inSize), new Slice(to, first * outSize), items);
                    }
                }
            });
        } finally {
            // The buffers don't keep the arrays alive.
            Reference.reachabilityFence(rowMajor);
            Reference.reachabilityFence(result);
            if (rowMajor != input) {
                rowMajor.close();
            }
        }
        return HeapCopy.writtenOnHost(result);
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
