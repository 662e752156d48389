package org.ldae.models;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ldae.checkpoint.Safetensors;
import org.ldae.checkpoint.SafetensorsBuilder;
import org.ldae.compute.Tensor;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;
import org.ldae.inference.Inference;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;
import org.ldae.tokenizers.Tokenizer;
import org.ldae.training.GradientExchange;
import org.ldae.training.HeldOut;
import org.ldae.training.ImageFeed;
import org.ldae.training.ImagePart;
import org.ldae.training.ImagePass;
import org.ldae.training.Learner;
import org.ldae.training.Phase;
import org.ldae.training.Saving;
import org.ldae.training.Share;
import org.ldae.training.Task;
import org.ldae.training.Training;
import org.ldae.training.TrainingFlops;
import org.ldae.training.TrainingLoop;

/**
 * Trains a recipe step by step; can be interrupted, saved and resumed to the same numbers.
 *
 * <p>{@link Recipe#train} is this class from start to end. The batch is split over the worker threads; which images,
 * noise and times a step sees depends on the seed and the number of the step alone.
 */
public final class Trainer implements AutoCloseable {

    private final FittedRecipe fitted;
    private final Parameters parameters;
    private final Optional<AdaptiveTimes> adaptive;
    private final TrainingLoop loop;
    private final Provenance provenance;
    private final ImageSource images;

    private Trainer(FittedRecipe budgeted, ImageSource images, Rng rng, GradientExchange exchange) {
        FittedRecipe fitted = budgeted.inSteps(() -> flopsPerImage(budgeted, images));
        Training training = fitted.recipe().training();
        HeldOut.Split split = training.heldOut().split(images, training.batchSize(), rng);
        this.fitted = fitted;
        this.images = images;
        this.provenance = Provenance.of(rng.seed(), images);
        this.parameters = fitted.start(images, rng.stream("weights"));
        this.adaptive = fitted.recipe().sampling().adapts()
                ? Optional.of(new AdaptiveTimes(training.batchSize()))
                : Optional.empty();
        try {
            this.loop = new TrainingLoop(
                    new DenoisingTask(fitted, parameters, split, rng, adaptive), training, rng, exchange);
        } catch (RuntimeException | Error e) {
            parameters.close();
            adaptive.ifPresent(AdaptiveTimes::close);
            throw e;
        }
    }

    private static long flopsPerImage(FittedRecipe fitted, ImageSource images) {
        try (Parameters none = fitted.layout().zeros()) {
            HeldOut.Split all = HeldOut.none().split(images, 1, Rng.of(0));
            return TrainingFlops.ofImage(
                    fitted.recipe().training(),
                    brief -> new DenoisingTask(fitted.withTraining(brief), none, all, Rng.of(0), Optional.empty()));
        }
    }

    /** The recipe's objective on its training images. */
    private record DenoisingTask(
            FittedRecipe fitted, Parameters parameters, HeldOut.Split split, Rng rng, Optional<AdaptiveTimes> adaptive)
            implements Task {

        @Override
        public String name() {
            return "train";
        }

        @Override
        public ImageSource images() {
            return split.training();
        }

        @Override
        public List<Learner> learners() {
            return List.of(Learner.of("denoiser", parameters).withRates(name -> fitted.keeps(name) ? 0 : 1));
        }

        @Override
        public int imagesAtOnce() {
            return Inference.imagesAtOnce(fitted.tokenizer().grid());
        }

        @Override
        public List<Phase> phases(int step) {
            return adaptive.map(AdaptiveTimes::phases).orElseGet(() -> Task.super.phases(step));
        }

        @Override
        public Map<String, Parameters> companions() {
            return adaptive.map(times -> Map.of("times", times.state())).orElse(Map.of());
        }

        @Override
        public Part part(Share share, List<Workspace> work) {
            ImagePass pass = new DenoisingImages(fitted, work.get(0), images(), share.size(), adaptive.orElse(null));
            return ImagePart.of(share, new ImageFeed(images(), fitted.recipe().training(), rng, share), pass)
                    .withHeldOut(split.heldOut());
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
        return start(recipe, tokenizer, images, rng, GradientExchange.alone());
    }

    /**
     * As {@link #start(Recipe, Tokenizer, ImageSource, Rng)}, for a network that other processes train too.
     *
     * @param recipe what to train
     * @param tokenizer fitted with the recipe's options, the same in all processes
     * @param images training images, all of them in each process; each takes its part of every batch
     * @param rng key of the run
     * @param exchange processes that train together
     * @return a trainer at step 0
     * @throws IllegalArgumentException if tokenizer or labels don't fit the recipe, or the batch can't be split evenly
     */
    public static Trainer start(
            Recipe recipe, Tokenizer tokenizer, ImageSource images, Rng rng, GradientExchange exchange) {
        return new Trainer(FittedRecipe.of(recipe, tokenizer, images), images, rng, exchange);
    }

    /**
     * Goes on from a checkpoint of the same recipe and images.
     *
     * @param checkpoint what {@link #save} wrote
     * @param recipe what to train; must equal the checkpoint's
     * @param images training images; must be those the checkpoint was trained on
     * @param rng key of the run, as it was started with
     * @return a trainer at the checkpoint's step
     * @throws IOException if the file can't be read or is damaged
     * @throws IllegalArgumentException if recipe, images or seed differ from the checkpoint's
     */
    public static Trainer resume(Path checkpoint, Recipe recipe, ImageSource images, Rng rng) throws IOException {
        return resume(checkpoint, recipe, images, rng, GradientExchange.alone());
    }

    /**
     * As {@link #resume(Path, Recipe, ImageSource, Rng)}, for a network that other processes train too.
     *
     * @param checkpoint what {@link #save} wrote, the same in all processes
     * @param recipe what to train; must equal the checkpoint's
     * @param images training images, all of them in each process; must be those the checkpoint was trained on
     * @param rng key of the run, as it was started with
     * @param exchange processes that train together
     * @return a trainer at the checkpoint's step
     * @throws IOException if the file can't be read or is damaged
     * @throws IllegalArgumentException if recipe, images or seed differ from the checkpoint's, or the batch can't be split evenly
     */
    public static Trainer resume(Path checkpoint, Recipe recipe, ImageSource images, Rng rng, GradientExchange exchange)
            throws IOException {
        try (TrainingState state = TrainingState.read(checkpoint)) {
            Training counted = recipe.training()
                    .inSteps(() -> flopsPerImage(FittedRecipe.of(recipe, state.tokenizer(), images), images));
            Recipe steps = recipe.withTraining(counted);
            state.requireMatches(steps, images, rng);
            Trainer trainer = start(steps, state.tokenizer(), images, rng, exchange);
            try {
                Safetensors file = state.file();
                file.interpret("the run's state", () -> {
                    trainer.loop.restore(file);
                    return trainer;
                });
                return trainer;
            } catch (IOException | RuntimeException e) {
                trainer.close();
                throw e;
            }
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
        run(progress, Saving.none());
    }

    /**
     * As {@link #run(Progress)}, and saves the run now and then, when it is interrupted and at its end. What can't be written is a
     * warning to the listener and tried again; the last good file stays.
     *
     * @param progress told after every step
     * @param saving where and how often, in the form of {@link #save}
     * @throws IllegalStateException if the loss stops being finite; the parameters are those before that step
     */
    public void run(Progress progress, Saving saving) {
        if (saving.file().isPresent()) {
            fitted.recipe().toJson(); // refuses parts that could not be written before hours are spent
        }
        parameters.use(() -> {
            loop.run(progress, saving, this::save);
            return this;
        });
    }

    /**
     * One step of training.
     *
     * @return the loss of its batch
     * @throws IllegalStateException if training is finished or the loss is not finite
     */
    public double step() {
        return parameters.use(loop::step);
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
     * Time that the steps done took, in this process and in those that it goes on from.
     *
     * @return seconds; those of checkpoints that don't tell (version 0.1) are not counted
     */
    public double seconds() {
        return loop.seconds();
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
     * What an image costs in training: its products, forward and backward, the tokenizer's among them.
     *
     * @return floating-point operations
     */
    public long flopsPerImage() {
        return flopsPerImage(fitted, images);
    }

    /**
     * What the steps done cost.
     *
     * @return floating-point operations of their products
     */
    public double flops() {
        return (double) flopsPerImage() * fitted.recipe().training().batchSize() * loop.losses().length;
    }

    /**
     * The model as it is now: the average of the weights if the recipe keeps one.
     *
     * @return a copy, independent of this trainer; close it to free its memory
     */
    public LatentDAE model() {
        float[] weights = parameters.use(() -> result().toArray());
        Parameters copy = fitted.layout().zeros();
        copy.values().put(weights);
        return new LatentDAE(fitted, copy, provenance);
    }

    /**
     * Writes everything needed to go on: weights, optimiser, step, losses, tokenizer, recipe and provenance.
     *
     * @param checkpoint a safetensors file, replaced only when the new one is complete
     * @throws IOException if it can't be written
     */
    public void save(Path checkpoint) throws IOException {
        SafetensorsBuilder builder = ModelFile.builder(fitted, provenance);
        parameters.use(() -> {
            loop.write(builder);
            return builder;
        });
        builder.write(checkpoint);
    }

    Parameters parameters() {
        return parameters;
    }

    Tensor result() {
        return loop.result(0);
    }

    List<Workspace> workspaces() {
        return loop.workspaces(0);
    }

    @Override
    public String toString() {
        return "Trainer[step %,d of %,d, %,d parameters, %,d images %s]"
                .formatted(losses().length, totalSteps(), parameterCount(), images.size(), images.shape());
    }

    @Override
    public void close() {
        loop.close();
        parameters.close();
        adaptive.ifPresent(AdaptiveTimes::close);
    }
}
