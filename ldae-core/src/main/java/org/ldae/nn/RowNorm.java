package org.ldae.nn;

import java.util.Arrays;
import org.ldae.compute.Kernels;
import org.ldae.compute.Kernels.Affine;
import org.ldae.compute.Kernels.LayerNorm;
import org.ldae.compute.Tensor;

/**
 * Takes each row's own mean off and divides by its own deviation, unbiased and with 1e-6 added to its square: a masked
 * autoencoder's targets (He et al. 2022). Rows of one number become 0.
 */
public final class RowNorm {

    private static final double EPSILON = 1e-6;

    private final Kernels kernels;
    private final LayerNorm norm;

    /**
     * Lays out scratch memory.
     *
     * @param work workspace of the thread
     * @param rows what is normalised at each call, any shape
     */
    public RowNorm(Workspace work, Tensor rows) {
        // A layer norm divides by the biased deviation; the factor between the two goes into scale and epsilon.
        int n = rows.columns();
        double unbiased = (n - 1.0) / n;
        float[] factor = new float[n];
        Arrays.fill(factor, (float) Math.sqrt(unbiased));
        Tensor scale = work.allocate(1, n);
        scale.put(factor);
        this.kernels = work.kernels();
        this.norm =
                new LayerNorm(rows, work.allocate(rows.rows(), 2), new Affine(scale, work.allocate(1, n)), 0, (float)
                        Math.max(EPSILON * unbiased, Float.MIN_NORMAL));
    }

    /**
     * Normalises the rows as they are now.
     *
     * @param to the same shape, overwritten
     */
    public void forward(Tensor to) {
        kernels.layerNorm(norm, to);
    }
}
