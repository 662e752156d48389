package org.ldae.nn;

import java.util.ArrayList;
import java.util.List;
import org.ldae.compute.Kernels;
import org.ldae.compute.Tensor;

/** Sums the gradients of several workspaces into the first, in parts that threads share. */
public final class GradientSum {

    private final List<List<Tensor>> parts = new ArrayList<>();

    /**
     * The sum over some workspaces.
     *
     * @param optimiser whose parts are used
     * @param workspaces one a thread; the first receives the sum
     */
    public GradientSum(AdamW optimiser, List<Workspace> workspaces) {
        for (int i = 0; i < optimiser.parts(); i++) {
            List<Tensor> views = new ArrayList<>();
            for (Workspace workspace : workspaces) {
                views.add(AdamW.part(workspace.gradients(), i));
            }
            parts.add(views);
        }
    }

    /**
     * Adds up one part.
     *
     * @param kernels kernels of the calling thread
     * @param part in [0, parts of the optimiser)
     * @return the sum of squares of the summed gradients of this part
     */
    public double add(Kernels kernels, int part) {
        List<Tensor> views = parts.get(part);
        for (Tensor other : views.subList(1, views.size())) {
            kernels.addScaled(1, other, views.get(0));
        }
        return kernels.weightedSquares(views.get(0), ONE);
    }

    /**
     * Multiplies one part of the sum.
     *
     * @param kernels kernels of the calling thread
     * @param part in [0, parts of the optimiser)
     * @param factor what with
     */
    public void scale(Kernels kernels, int part, float factor) {
        kernels.scale(parts.get(part).get(0), factor);
    }

    private static final float[] ONE = {1};
}
