package org.ldae.training;

import java.util.List;
import java.util.concurrent.CancellationException;
import org.ldae.compute.Tensor;
import org.ldae.compute.Workers;
import org.ldae.core.Progress;
import org.ldae.nn.GradientDescent;
import org.ldae.nn.LearningRate;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;

/**
 * The loop of such a training: steps of AdamW, checks of the held-out loss, early stopping, progress.
 *
 * <p>It leaves the parameters of the best check. If the calling thread is interrupted it ends with a
 * {@link CancellationException} at the next step, the interrupt status still set: what is half trained is not
 * kept. If a loss or gradient is not finite it ends with an {@link IllegalStateException}.
 */
public final class FitLoop implements AutoCloseable {

    /** What is minimised. Called on the thread that runs the trainer, which may hand shares to the workers. */
    public interface Task {

        /**
         * Loss of a step's batch. Overwrites the gradients of every workspace; their sum is the gradient of the loss.
         *
         * @param step from 0, of the fit's steps
         * @return the loss
         */
        double gradients(int step);

        /**
         * Loss of the held-out images at the parameters as they are.
         *
         * @return the loss
         */
        double heldOutLoss();

        /**
         * Whether a lower held-out loss means better parameters. If not, as in a game against a discriminator, all steps
         * are run and the last parameters are kept.
         *
         * @return true unless overridden
         */
        default boolean stopsEarly() {
            return true;
        }
    }

    /**
     * How a fit ended.
     *
     * @param steps steps that were run
     * @param bestStep steps after which the held-out loss was lowest: those of the parameters that are kept
     * @param heldOutLoss its lowest value
     */
    public record Outcome(int steps, int bestStep, double heldOutLoss) {}

    private final String name;
    private final Fit fit;
    private final LearningRate rate;
    private final Workers workers;
    private final Parameters parameters;
    private final GradientDescent descent;
    private final Tensor best;
    private int done;
    private double lastLoss = Double.NaN;

    /**
     * An optimiser at its start.
     *
     * @param name of the stage in progress and errors
     * @param fit how to train
     * @param workers who share the work
     * @param parameters what is learnt
     * @param workspaces over the parameters; their gradients are summed
     */
    public FitLoop(String name, Fit fit, Workers workers, Parameters parameters, List<Workspace> workspaces) {
        this.name = name;
        this.fit = fit;
        this.rate = fit.schedule();
        this.workers = workers;
        this.parameters = parameters;
        this.descent = new GradientDescent(workers, parameters, workspaces, fit.optimizer(), fit.clipNorm());
        this.best = parameters.buffer();
    }

    /**
     * Trains to the end or until patience is spent, and leaves the parameters of the best check.
     *
     * @param task what is minimised
     * @param progress told after every step
     * @return how it ended
     * @throws IllegalStateException if a loss or gradient is not finite
     * @throws CancellationException if this thread is interrupted
     */
    public Outcome run(Task task, Progress progress) {
        long began = System.nanoTime();
        int bestStep = 0;
        int misses = 0;
        double bestLoss = Double.POSITIVE_INFINITY;
        while (done < fit.steps() && misses < fit.patience()) {
            requireNotInterrupted();
            step(task);
            if (done % fit.checkEvery() == 0 || done == fit.steps()) {
                double loss = requireFinite("held-out loss", task.heldOutLoss());
                boolean better = loss < bestLoss || !task.stopsEarly();
                misses = better ? 0 : misses + 1;
                if (better) {
                    bestLoss = loss;
                    bestStep = done;
                    workers.kernels(0).copy(parameters.values(), best);
                }
            }
            report(progress, (System.nanoTime() - began) / 1e9, bestLoss);
        }
        workers.kernels(0).copy(best, parameters.values());
        return new Outcome(done, bestStep, bestLoss);
    }

    private void step(Task task) {
        double loss = requireFinite("loss", task.gradients(done));
        double norm = requireFinite("gradient norm", descent.sum());
        descent.update(rate.at(done + 1L), done + 1L, norm);
        done++;
        lastLoss = loss;
    }

    private double requireFinite(String what, double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalStateException(
                    "%s: %s %s at step %d (rate %.3g), last loss %.4g; lower the rate or clip the gradient"
                            .formatted(name, what, value, done + 1, rate.at(done + 1L), lastLoss));
        }
        return value;
    }

    private void requireNotInterrupted() {
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException(
                    "%s: interrupted after %d of %d steps; nothing is kept".formatted(name, done, fit.steps()));
        }
    }

    private void report(Progress progress, double seconds, double bestLoss) {
        double left = seconds / done * (fit.steps() - done);
        String detail = "loss %.4g, best held-out %.4g".formatted(lastLoss, bestLoss);
        progress.update(new Progress.Event(name, done, fit.steps(), seconds, left, detail));
    }

    /** Frees what the trainer took; workers, parameters and workspaces are their owner's. */
    @Override
    public void close() {
        descent.close();
        best.close();
    }
}
