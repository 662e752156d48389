package org.ldae.probe;

import java.util.Arrays;
import java.util.Objects;
import java.util.function.Consumer;
import org.ldae.compute.Kernels;
import org.ldae.compute.Tensor;
import org.ldae.compute.Workers;

/**
 * Rows of features {@code [N, F]} in blocks that a processor's cache holds, and the threads that share them out.
 *
 * <p>Blocks are dealt to a fixed number of groups and a group stays on one thread. Sums are kept by group and added in the
 * groups' order, so that they don't depend on how many threads there are.
 */
final class RowBlocks implements LogisticRows {

    /** Numbers of a block, 1 MB: long enough for products at full speed. */
    private static final int BLOCK = 1 << 18;

    /** Most groups, and so the most threads that find work. */
    private static final int GROUPS = 16;

    /** Fewer rows aren't worth another block. */
    private static final int LEAST_ROWS = 64;

    private final Workers workers = new Workers();
    private final int count;
    private final int width;
    private final int step;
    private final Tensor[] blocks;

    /** Gives the numbers of some rows. */
    @FunctionalInterface
    interface Source {
        /** Fills the array, which is as long as they are, with rows {@code from} to {@code to - 1}. */
        void read(int from, int to, float[] destination);
    }

    /** Work on the blocks of a group. */
    @FunctionalInterface
    interface Task {
        /** The kernels of its thread, and the group. */
        void run(Kernels kernels, int group);
    }

    /** Room for as many rows; holds no numbers yet. */
    RowBlocks(int count, int width) {
        this.count = count;
        this.width = width;
        int most = Math.max(LEAST_ROWS, Math.min(BLOCK / width, ceilDiv(count, GROUPS)));
        this.step = ceilDiv(count, ceilDiv(count, most));
        this.blocks = new Tensor[ceilDiv(count, step)];
        try {
            for (int b = 0; b < blocks.length; b++) {
                blocks[b] = Tensor.zeros(Math.min(step, count - b * step), width);
            }
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** A copy of rows, each block changed on its way. */
    static RowBlocks of(FeatureRows rows, Consumer<float[]> change) {
        RowBlocks copy = new RowBlocks(rows.count(), rows.width());
        try {
            copy.fill((from, to, block) -> {
                rows.read(from, to, block);
                change.accept(block);
            });
            return copy;
        } catch (RuntimeException | Error e) {
            copy.close();
            throw e;
        }
    }

    private static int ceilDiv(int a, int b) {
        return (a + b - 1) / b;
    }

    /** Overwrites all rows. */
    void fill(Source source) {
        eachGroup((kernels, group) -> {
            for (int b = group; b < blocks.length; b += groups()) {
                float[] numbers = new float[blocks[b].size()];
                source.read(first(b), first(b) + blocks[b].rows(), numbers);
                blocks[b].put(numbers);
            }
        });
    }

    /** Does the work of all groups, several at a time. */
    void eachGroup(Task task) {
        workers.run(worker -> {
            for (int g = worker; g < groups(); g += workers.count()) {
                task.run(workers.kernels(worker), g);
            }
        });
    }

    @Override
    public double[][] product(double[][] basis) {
        return PrincipalDirections.product(this, basis);
    }

    @Override
    public SoftmaxObjective objective(int[] labels, int classes, boolean[] heldOut, double l2) {
        return new SoftmaxObjective(this, labels, classes, heldOut, l2);
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public int width() {
        return width;
    }

    int groups() {
        return Math.min(GROUPS, blocks.length);
    }

    /** Number of blocks; those of group g are g, g + groups(), and so on. */
    int blocks() {
        return blocks.length;
    }

    /** Rows of the longest block. */
    int step() {
        return step;
    }

    /** Number of a block's first row. */
    int first(int block) {
        return block * step;
    }

    /** A block's rows, for the thread of its group. */
    Tensor block(int block) {
        return blocks[block];
    }

    @Override
    public void close() {
        workers.close();
        Arrays.stream(blocks).filter(Objects::nonNull).forEach(Tensor::close);
    }
}
