package org.ldae.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.ldae.compute.Kernels;
import org.ldae.compute.Tensor;
import org.ldae.compute.Workers;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.Batches;
import org.ldae.nn.AdamW;
import org.ldae.nn.GradientDescent;
import org.ldae.nn.LearningRate;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;

/**
 * The steps of a {@link Training}: batches by epoch, warm-up and half a cosine, clipped AdamW, the average of the weights.
 *
 * <p>The batch is split over the worker threads; what a step sees depends on the seed and the number of the step alone.
 */
public final class TrainingLoop implements AutoCloseable {

    /** What is trained. */
    public interface Learner {

        /**
         * How it is trained.
         *
         * @return the options
         */
        Training training();

        /**
         * Number of training images.
         *
         * @return at least a batch
         */
        int images();

        /**
         * Most images of a pass.
         *
         * @return at least 1
         */
        int imagesAtOnce();

        /**
         * One thread's part of every step.
         *
         * @param work workspace over the parameters, which the loop closes
         * @param share positions of a batch
         * @return the part
         */
        Part part(Workspace work, Share share);
    }

    /** One thread's part of every step. */
    @FunctionalInterface
    public interface Part extends AutoCloseable {

        /**
         * Adds the gradients of its positions to the workspace's, which are zero before.
         *
         * @param number of the step, from 0
         * @param step key of the step's random numbers
         * @param batch images of the step
         * @return their part of the loss
         */
        double step(int number, Rng step, int[] batch);

        /** Frees what the part holds; the loop does it at its end. */
        @Override
        default void close() {}
    }

    private final Batches batches;
    private final Rng rng;
    private final Parameters parameters;
    private final Workers workers;
    private final List<Workspace> workspaces = new ArrayList<>();
    private final List<Part> parts = new ArrayList<>();
    private final GradientDescent descent;
    private final @Nullable Tensor average;
    private final LearningRate rate;
    private final double[] losses;
    private int steps;

    /**
     * A loop at step 0.
     *
     * @param learner what is trained
     * @param parameters what is learnt; the caller closes them after the loop
     * @param rng key of the run
     */
    public TrainingLoop(Learner learner, Parameters parameters, Rng rng) {
        Training training = learner.training();
        this.batches = ImageFeed.batches(learner.images(), training, rng);
        int perEpoch = batches.perEpoch();
        int total = Math.multiplyExact(perEpoch, training.epochs());
        this.rng = rng;
        this.parameters = parameters;
        this.rate = new LearningRate(training.rate(), Math.round(perEpoch * training.warmupEpochs()), total);
        this.losses = new double[total];
        this.workers = Workers.forImages(training.batchSize());
        for (Share share : Share.split(training.batchSize(), workers.count(), learner.imagesAtOnce())) {
            Kernels kernels = workers.kernels(parts.size());
            Workspace work = training.checkpointActivations()
                    ? Workspace.recomputing(kernels, parameters)
                    : Workspace.training(kernels, parameters);
            workspaces.add(work);
            parts.add(learner.part(work, share));
        }
        this.descent = new GradientDescent(workers, parameters, workspaces, training.optimizer(), training.clipNorm());
        this.average = training.averageDecay() > 0 ? descent.keepAverage(training.averageDecay()) : null;
    }

    /**
     * Trains to the end, or until this thread is interrupted; then {@link #finished} tells which, and the interrupt status
     * stays set.
     *
     * @param stage its name in progress
     * @param progress told after every step
     * @throws IllegalStateException if the loss stops being finite; the parameters are those before that step
     */
    public void run(String stage, Progress progress) {
        long began = System.nanoTime();
        int first = steps;
        while (!finished() && !Thread.currentThread().isInterrupted()) {
            double loss = step();
            double seconds = (System.nanoTime() - began) / 1e9;
            double left = seconds / (steps - first) * (losses.length - steps);
            progress.update(
                    new Progress.Event(stage, steps, losses.length, seconds, left, "loss %.4f".formatted(loss)));
        }
    }

    /**
     * Trains to the end.
     *
     * @param stage its name in progress and errors
     * @param progress told after every step
     * @return the result, a {@link Parameters#buffer}: the average of the weights if one is kept; live
     * @throws IllegalStateException if the loss stops being finite
     * @throws CancellationException if this thread is interrupted; the interrupt status stays set
     */
    public Tensor finish(String stage, Progress progress) {
        run(stage, progress);
        if (!finished()) {
            throw new CancellationException(
                    "%s: interrupted after %d of %d steps; nothing is kept".formatted(stage, steps, losses.length));
        }
        return result();
    }

    /**
     * One step of training.
     *
     * @return the loss of its batch
     * @throws IllegalStateException if training is finished or the loss is not finite
     */
    public double step() {
        if (finished()) {
            throw new IllegalStateException("training is finished: all %d steps are done".formatted(losses.length));
        }
        int[] batch = batches.at(steps);
        int number = steps;
        Rng stepKey = ImageFeed.steps(rng).at(number);
        double[] shares = new double[parts.size()];
        workers.run(w -> {
            if (w < shares.length) {
                workers.kernels(w).fill(workspaces.get(w).gradients(), 0);
                shares[w] = parts.get(w).step(number, stepKey, batch);
            }
        });
        double loss = Arrays.stream(shares).sum();
        double norm = descent.sum();
        requireFinite(loss, norm);
        descent.update(rate.at(steps + 1L), steps + 1L, norm);
        losses[steps++] = loss;
        return loss;
    }

    private void requireFinite(double loss, double norm) {
        if (!Double.isFinite(loss) || !Double.isFinite(norm)) {
            throw new IllegalStateException(
                    "training: loss %s and gradient norm %s at step %d (rate %.3g), last loss %s; lower the rate or clip the gradient"
                            .formatted(
                                    loss, norm, steps + 1, rate.at(steps + 1L), steps == 0 ? "-" : losses[steps - 1]));
        }
    }

    /**
     * Whether all steps are done.
     *
     * @return true at the end
     */
    public boolean finished() {
        return steps == losses.length;
    }

    /**
     * Steps done.
     *
     * @return the loss of every step done
     */
    public double[] losses() {
        return Arrays.copyOf(losses, steps);
    }

    /**
     * Number of steps in all.
     *
     * @return epochs times whole batches
     */
    public int totalSteps() {
        return losses.length;
    }

    /**
     * The optimiser, to scale rates.
     *
     * @return live
     */
    public AdamW optimiser() {
        return descent.optimiser();
    }

    /** The average of the weights if one is kept, else the weights, live. */
    public Tensor result() {
        return average == null ? parameters.values() : average;
    }

    @Nullable
    public Tensor average() {
        return average;
    }

    /** Gradients and memory of each thread. */
    public List<Workspace> workspaces() {
        return workspaces;
    }

    /** Goes to where another run of the same training stood. */
    public void goOn(double[] done) {
        System.arraycopy(done, 0, losses, 0, done.length);
        steps = done.length;
    }

    @Override
    public void close() {
        workers.close();
        parts.forEach(Part::close);
        workspaces.forEach(Workspace::close);
        descent.close();
    }
}
