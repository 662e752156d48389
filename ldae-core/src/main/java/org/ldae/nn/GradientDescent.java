package org.ldae.nn;

import java.util.ArrayList;
import java.util.List;
import org.ldae.compute.Tensor;
import org.ldae.compute.Workers;

/**
 * What follows the backward passes of a step: the gradients of all workspaces are summed, clipped and applied by
 * {@link AdamW}, in parts that the workers share.
 */
public final class GradientDescent implements AutoCloseable {

    private final Workers workers;
    private final AdamW optimiser;
    private final double clipNorm;
    /** For each part of the optimiser, that part of every workspace's gradients. */
    private final List<Tensor[]> gradients = new ArrayList<>();

    private final double[] squares;

    /**
     * An optimiser at its start.
     *
     * @param workers who share the work; closed by the caller
     * @param parameters what is learnt
     * @param workspaces whose gradients are summed, at least one
     * @param options AdamW's constants
     * @param clipNorm largest norm of the gradient, 0 for no limit
     */
    public GradientDescent(
            Workers workers,
            Parameters parameters,
            List<Workspace> workspaces,
            AdamW.Options options,
            double clipNorm) {
        this.workers = workers;
        this.optimiser = new AdamW(parameters, workspaces.get(0).gradients(), options);
        this.clipNorm = clipNorm;
        for (int i = 0; i < optimiser.parts(); i++) {
            int part = i;
            gradients.add(workspaces.stream()
                    .map(workspace -> AdamW.part(workspace.gradients(), part))
                    .toArray(Tensor[]::new));
        }
        this.squares = new double[workers.count()];
    }

    /**
     * The optimiser, for its state.
     *
     * @return the live optimiser
     */
    public AdamW optimiser() {
        return optimiser;
    }

    /**
     * Sums the gradients of all workspaces into the first.
     *
     * @return the sum's norm; if it is not finite, don't {@link #update}
     */
    public double sum() {
        share(this::sum);
        double total = 0;
        for (double part : squares) {
            total += part;
        }
        return Math.sqrt(total);
    }

    private void sum(int worker) {
        double total = 0;
        for (int part = worker; part < gradients.size(); part += workers.count()) {
            total += workers.kernels(worker).sum(gradients.get(part));
        }
        squares[worker] = total;
    }

    /**
     * Clips the summed gradients and updates the parameters.
     *
     * @param step rate, and number of this step from 1
     * @param norm what {@link #sum} returned
     */
    public void update(AdamW.Step step, double norm) {
        float clip = clipNorm > 0 && norm > clipNorm ? (float) (clipNorm / norm) : 1;
        optimiser.decay(workers.kernels(0), step.rate());
        share(worker -> update(worker, step, clip));
    }

    /** Runs the task on all workers, but one part right here: waking threads takes longer than a small network's step. */
    private void share(Workers.Task task) {
        if (gradients.size() == 1) {
            task.run(0);
        } else {
            workers.run(task);
        }
    }

    private void update(int worker, AdamW.Step step, float clip) {
        for (int part = worker; part < gradients.size(); part += workers.count()) {
            if (clip != 1) {
                workers.kernels(worker).scale(gradients.get(part)[0], clip);
            }
            optimiser.update(workers.kernels(worker), part, step);
        }
    }

    @Override
    public void close() {
        optimiser.close();
    }
}
