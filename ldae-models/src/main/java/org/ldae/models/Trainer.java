package org.ldae.models;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;
import org.ldae.inference.Inference;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;
import org.ldae.tokenizers.Tokenizer;
import org.ldae.training.ImageFeed;
import org.ldae.training.Share;
import org.ldae.training.Training;
import org.ldae.training.TrainingLoop;

/**
 * Trains a recipe step by step; can be interrupted, saved and resumed to the same numbers.
 *
 * <p>{@link Recipe#train} is this class from start to end. The batch is split over the worker threads; which images,
 * noise and times a step sees depends on the seed and the number of the step alone.
 */
public final class Trainer implements AutoCloseable {

    private final FittedRecipe fitted;
    private final Rng rng;
    private final Parameters parameters;
    private final TrainingLoop loop;
    private final Provenance provenance;

    private Trainer(FittedRecipe fitted, ImageSource images, Rng rng) {
        this.fitted = fitted;
        this.rng = rng;
        this.provenance = Provenance.of(rng.seed(), images);
        this.parameters = fitted.parameters(rng.stream("weights"));
        try {
            this.loop = new TrainingLoop(new Denoising(fitted, images, rng), parameters, rng);
        } catch (RuntimeException e) {
            parameters.close();
            throw e;
        }
    }

    /** The recipe's objective on its training images. */
    private record Denoising(FittedRecipe fitted, ImageSource source, Rng rng) implements TrainingLoop.Learner {

        @Override
        public Training training() {
            return fitted.recipe().training();
        }

        @Override
        public int images() {
            return source.size();
        }

        @Override
        public int imagesAtOnce() {
            return Inference.imagesAtOnce(fitted.tokenizer().grid());
        }

        @Override
        public TrainingLoop.Part part(Workspace work, Share share) {
            return new DenoisingPart(fitted, work, new ImageFeed(source, training(), rng, share));
        }
    }

    /**
     * Fits the tokenizer and prepares the first step.
     *
     * @param recipe what to train
     * @param images training images, labelled if the recipe tells labels
     * @param rng key of the run
     * @param progress told while the tokenizer is fitted
     * @return a trainer at step 0
     * @throws IllegalArgumentException if the images don't fit the recipe: no labels, patches that don't divide them or are
     *     narrower than the latents
     */
    public static Trainer start(Recipe recipe, ImageSource images, Rng rng, Progress progress) {
        FittedRecipe.requireFit(recipe, images);
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
    public static Trainer start(Recipe recipe, Tokenizer tokenizer, ImageSource images, Rng rng) {
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
            trainer.loop.goOn(state.restore(trainer.buffers(), trainer.totalSteps()));
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
        loop.run("train", progress);
    }

    /**
     * One step of training.
     *
     * @return the loss of its batch
     * @throws IllegalStateException if training is finished or the loss is not finite
     */
    public double step() {
        return loop.step();
    }

    /**
     * Whether all steps are done.
     *
     * @return true at the end
     */
    public boolean finished() {
        return loop.finished();
    }

    /**
     * Steps done and in all.
     *
     * @return the loss of every step done
     */
    public double[] losses() {
        return loop.losses();
    }

    /**
     * Number of steps in all.
     *
     * @return epochs times whole batches
     */
    public int totalSteps() {
        return loop.totalSteps();
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
        copy.values().put(loop.result().toArray());
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
        return new TrainingState.Buffers(parameters, loop.optimiser(), loop.average());
    }

    List<Workspace> workspaces() {
        return loop.workspaces();
    }

    @Override
    public void close() {
        loop.close();
        parameters.close();
    }
}
