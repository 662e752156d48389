package org.ldae.models;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ldae.compute.Tensor;
import org.ldae.compute.Workers;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.Batches;
import org.ldae.data.ImageSource;
import org.ldae.nn.GradientDescent;
import org.ldae.nn.LearningRate;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;
import org.ldae.tokenizers.FittedTokenizer;

/**
 * Trains a recipe step by step; can be interrupted, saved and resumed to the same numbers.
 *
 * <p>{@link Recipe#train} is this class from start to end. The batch is split over the worker threads; which images,
 * noise and times a step sees depends on the seed and the number of the step alone.
 */
public final class Trainer implements AutoCloseable {

    private final FittedRecipe fitted;
    private final Batches batches;
    private final Rng rng;
    private final Parameters parameters;
    private final Workers workers;
    private final List<Share> shares = new ArrayList<>();
    private final GradientDescent descent;
    private final @Nullable Tensor average;
    private final LearningRate rate;
    private final double[] losses;
    private final Provenance provenance;
    private int steps;

    private Trainer(FittedRecipe fitted, ImageSource images, Rng rng) {
        Training training = fitted.recipe().training();
        this.batches = new Batches(images.size(), training.batchSize(), rng.stream("shuffle"));
        int perEpoch = batches.perEpoch();
        int total = Math.multiplyExact(perEpoch, training.epochs());
        this.fitted = fitted;
        this.rng = rng;
        this.provenance = Provenance.of(rng.seed(), images);
        this.rate = new LearningRate(training.rate(), Math.round(perEpoch * training.warmupEpochs()), total);
        this.losses = new double[total];
        this.parameters = fitted.parameters(rng.stream("weights"));
        this.workers = new Workers();
        int count = Math.min(workers.count(), training.batchSize());
        for (int w = 0; w < count; w++) {
            Share.Range range =
                    new Share.Range(w * training.batchSize() / count, (w + 1) * training.batchSize() / count);
            Workspace work = Workspace.training(workers.kernels(w), parameters);
            shares.add(new Share(fitted, work, images, range));
        }
        this.descent = new GradientDescent(
                workers,
                parameters,
                shares.stream().map(Share::workspace).toList(),
                training.optimizer(),
                training.clipNorm());
        this.average = training.averageDecay() > 0 ? descent.keepAverage(training.averageDecay()) : null;
    }

    /**
     * Fits the tokenizer and prepares the first step.
     *
     * @param recipe what to train
     * @param images training images
     * @param rng key of the run
     * @param progress told while the tokenizer is fitted
     * @return a trainer at step 0
     */
    public static Trainer start(Recipe recipe, ImageSource images, Rng rng, Progress progress) {
        return start(recipe, recipe.tokenizer().fit(images, rng.stream("tokenizer"), progress), images, rng);
    }

    /**
     * Prepares the first step with a tokenizer that is fitted already, for runs that share one.
     *
     * @param recipe what to train
     * @param tokenizer fitted with the recipe's options on images of the same shape
     * @param images training images, labelled if the recipe tells labels
     * @param rng key of the run
     * @return a trainer at step 0
     * @throws IllegalArgumentException if tokenizer or labels don't fit the recipe
     */
    public static Trainer start(Recipe recipe, FittedTokenizer tokenizer, ImageSource images, Rng rng) {
        return new Trainer(FittedRecipe.of(recipe, tokenizer, images), images, rng);
    }

    /**
     * Goes on from a checkpoint of the same recipe and images.
     *
     * @param checkpoint what {@link #save} wrote
     * @param recipe what to train; must equal the checkpoint's
     * @param images training images; must be those the checkpoint was trained on
     * @return a trainer at the checkpoint's step
     * @throws IOException if the file can't be read
     * @throws IllegalArgumentException if recipe or images differ from the checkpoint's
     */
    public static Trainer resume(Path checkpoint, Recipe recipe, ImageSource images) throws IOException {
        TrainingState state = TrainingState.read(checkpoint);
        state.requireMatches(recipe, images);
        Trainer trainer = start(recipe, state.tokenizer(), images, Rng.of(state.seed()));
        try {
            trainer.steps = state.restore(trainer.buffers(), trainer.losses);
            return trainer;
        } catch (IOException | RuntimeException e) {
            trainer.close();
            throw e;
        }
    }

    /**
     * Trains to the end, or until this thread is interrupted; then {@link #finished} tells which, and the interrupt status
     * stays set.
     *
     * @param progress told after every step
     * @throws IllegalStateException if the loss stops being finite; the parameters are those before that step
     */
    public void run(Progress progress) {
        long began = System.nanoTime();
        int first = steps;
        while (!finished() && !Thread.currentThread().isInterrupted()) {
            double loss = step();
            double seconds = (System.nanoTime() - began) / 1e9;
            double left = seconds / (steps - first) * (losses.length - steps);
            progress.update(
                    new Progress.Event("train", steps, losses.length, seconds, left, "loss %.4f".formatted(loss)));
        }
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
        Rng stepKey = rng.stream("step").at(steps);
        double[] parts = new double[workers.count()];
        workers.run(w -> parts[w] = w < shares.size() ? shares.get(w).step(stepKey, batch) : 0);
        double loss = Arrays.stream(parts).sum();
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
     * Steps done and in all.
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
     * Number of parameters that are learnt.
     *
     * @return their count
     */
    public int parameterCount() {
        return parameters.count();
    }

    /**
     * The model as it is now: the average of the weights if the recipe keeps one.
     *
     * @return a copy, independent of this trainer; close it to free its memory
     */
    public LatentDAE model() {
        Parameters copy = fitted.parameters(rng.stream("weights"));
        workers.kernels(0).copy(average == null ? parameters.values() : average, copy.values());
        return new LatentDAE(fitted, copy, provenance);
    }

    /**
     * Writes everything needed to go on: weights, optimiser, step, losses, tokenizer, recipe and provenance.
     *
     * @param checkpoint a safetensors file, replaced only when the new one is complete
     * @throws IOException if it can't be written
     */
    public void save(Path checkpoint) throws IOException {
        TrainingState.write(checkpoint, this);
    }

    FittedRecipe fitted() {
        return fitted;
    }

    Provenance provenance() {
        return provenance;
    }

    TrainingState.Buffers buffers() {
        return new TrainingState.Buffers(parameters, descent.optimiser(), average);
    }

    @Override
    public void close() {
        workers.close();
        shares.forEach(share -> share.workspace().close());
        descent.close();
        parameters.close();
    }
}
