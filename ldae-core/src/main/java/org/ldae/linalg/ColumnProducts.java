package org.ldae.linalg;

import org.ldae.compute.Workers;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Products of all columns of a matrix with each other, some columns a thread: libraries below use no threads of their own. */
public final class ColumnProducts {

    /** Columns a thread takes at a time; the same everywhere, so that no number depends on how many threads there are. */
    private static final int STRIPE = 128;

    private ColumnProducts() {}

    /**
     * Adds {@code factor X'X}.
     *
     * @param factor on each product, such as one over the number of rows
     * @param x {@code [N, F]} of a floating type
     * @param sum {@code [F, F]} 'f' of the same type, added to
     */
    public static void add(double factor, INDArray x, INDArray sum) {
        long columns = x.size(1);
        Workers.each((int) ((columns + STRIPE - 1) / STRIPE), stripe -> {
            long from = (long) stripe * STRIPE;
            long to = Math.min(columns, from + STRIPE);
            Nd4j.gemm(x, columns(x, from, to), columns(sum, from, to), true, false, factor, 1);
        });
    }

    private static INDArray columns(INDArray of, long from, long to) {
        return of.get(NDArrayIndex.all(), NDArrayIndex.interval(from, to));
    }
}
