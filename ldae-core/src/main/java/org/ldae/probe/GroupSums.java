package org.ldae.probe;

import java.util.Arrays;
import org.ldae.compute.Kernels;
import org.ldae.compute.Kernels.Transpose;
import org.ldae.compute.Tensor;

/** Products of some numbers of each row with its features, {@code [S, F]}, summed by group and then over the groups in their order. */
final class GroupSums implements AutoCloseable {

    private final RowBlocks features;
    private final Tensor[] sums;
    private final float[][] numbers;

    /** Over rows that have as many numbers beside their features. */
    GroupSums(RowBlocks features, int perRow) {
        this.features = features;
        this.sums = new Tensor[features.groups()];
        this.numbers = new float[sums.length][perRow * features.width()];
        Arrays.setAll(sums, group -> Tensor.zeros(perRow, features.width()));
    }

    /** Adds {@code numbers' X} of a block, on the thread of its group; the group's first block begins anew. */
    void add(Kernels kernels, int block, Tensor perRow) {
        int group = block % features.groups();
        kernels.gemm(Transpose.FIRST, perRow, features.block(block), block == group ? 0 : 1, sums[group]);
        if (block + features.groups() >= features.blocks()) {
            sums[group].get(numbers[group]);
        }
    }

    /** Writes the sums over all rows to the start of an array. */
    void total(double[] destination) {
        int length = numbers[0].length;
        features.eachGroup((kernels, share) -> {
            int from = (int) ((long) length * share / numbers.length);
            int to = (int) ((long) length * (share + 1) / numbers.length);
            Arrays.fill(destination, from, to, 0);
            for (float[] group : numbers) {
                for (int i = from; i < to; i++) {
                    destination[i] += group[i];
                }
            }
        });
    }

    @Override
    public void close() {
        for (Tensor sum : sums) {
            sum.close();
        }
    }
}
