package org.ldae.sampling;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.core.Shapes;
import org.ldae.core.Stage;
import org.ldae.data.ImageSource;
import org.ldae.models.LatentDAE;
import org.ldae.noise.NoiseSchedule;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Images drawn from a model.
 *
 * <pre>{@code
 * INDArray images = Samples.of(model, Sampler.ddim(50)).withGuidance(2).draw(labels, Rng.of(1), Progress.none());
 * }</pre>
 *
 * <p>Where the schedule ends at almost pure noise, they start from standard normals; elsewhere, as l-DAE's does, from images to
 * start like: {@code Samples.of(ldae, Sampler.dpmSolver(50)).startingLike(trainingImages)}. The same key gives the same images.
 */
public final class Samples {

    /** Noise over signal from which on standard normals are start enough: of a variance of 20 they lose a twentieth. */
    private static final double NOISE_ENOUGH = 20;

    /** Images whose latents say where to start: enough for the covariance of some hundred numbers. */
    private static final int MOST_ENCODED = 2048;

    /** Numbers of the pixels that are encoded at a time, 64 MB. */
    private static final int BLOCK = 1 << 24;

    private final LatentDAE model;
    private final Sampler sampler;
    private final double guidance;
    private final @Nullable INDArray latents;

    private Samples(LatentDAE model, Sampler sampler, double guidance, @Nullable INDArray latents) {
        this.model = model;
        this.sampler = sampler;
        this.guidance = guidance;
        this.latents = latents;
    }

    /**
     * Samples of a model.
     *
     * @param model stays open as long as samples are drawn
     * @param sampler of steps along the schedule of the model's recipe
     * @return not guided
     * @throws IllegalArgumentException if the schedule has a single level, or not those the sampler needs
     */
    public static Samples of(LatentDAE model, Sampler sampler) {
        sampler.steps(model.recipe().schedule());
        return new Samples(model, sampler, 1, null);
    }

    /**
     * Classifier-free guidance; see {@link CleanEstimate#guided}.
     *
     * @param scale at least 0; 1 is no guidance
     * @return a copy
     * @throws IllegalArgumentException if the model isn't told classes, or none of them was left out in training
     */
    public Samples withGuidance(double scale) {
        if (scale != 1 && model.recipe().labels().dropout() == 0) {
            throw new IllegalArgumentException(
                    "guidance: expected a model trained with ClassLabels.withDropout above 0, got %s; only scale 1 fits"
                            .formatted(model.recipe().labels()));
        }
        CleanEstimate.guided(plain(), plain(), scale);
        return new Samples(model, sampler, scale, latents);
    }

    /**
     * Starts from noised stand-ins that have the mean and covariance of these images' latents; see {@link Draws#like}. No
     * image is copied: each start is a random combination of all of them.
     *
     * @param images such as the model was trained on, at least 2; 2048 of them are encoded
     * @return a copy
     */
    public Samples startingLike(ImageSource images) {
        int[] picks = Arrays.copyOf(
                Rng.of(0).stream("start").permutation(images.size()), Math.min(MOST_ENCODED, images.size()));
        // In file order, which is the fastest to read.
        Arrays.sort(picks);
        return new Samples(model, sampler, guidance, encoded(images.select(picks)));
    }

    private INDArray encoded(ImageSource images) {
        int block = Math.max(1, Math.min(images.size(), BLOCK / images.shape().size()));
        List<INDArray> parts = new ArrayList<>();
        for (int first = 0; first < images.size(); first += block) {
            int end = Math.min(first + block, images.size());
            try (INDArray some = images.images(IntStream.range(first, end).toArray())) {
                parts.add(model.tokenizer().encode(some));
            }
        }
        if (parts.size() == 1) {
            return parts.get(0); // which ND4J's concat would give back without copying it
        }
        INDArray all = Nd4j.concat(0, parts.toArray(INDArray[]::new));
        parts.forEach(INDArray::close);
        return all;
    }

    /**
     * Draws images without telling the model a class.
     *
     * @param count N, at least 1
     * @param rng key of the images
     * @param progress told after every step
     * @return {@code [N, C, H, W]} float32, pixels clipped to [-1, 1]
     * @throws IllegalArgumentException if guidance is asked for, the model can't do without labels, or the schedule's noise is
     *     too little to start from without {@link #startingLike}
     * @throws java.util.concurrent.CancellationException if this thread is interrupted
     */
    public INDArray draw(int count, Rng rng, Progress progress) {
        if (guidance != 1) {
            throw new IllegalArgumentException(
                    "guidance: expected labels to guide towards with scale %s, got none; draw(labels, ...)"
                            .formatted(guidance));
        }
        return run(plain(), count, new Run(rng, progress));
    }

    /**
     * Draws images of classes.
     *
     * @param labels class of each of the N images, in [0, K)
     * @param rng key of the images
     * @param progress told after every step
     * @return {@code [N, C, H, W]} float32, pixels clipped to [-1, 1]
     * @throws IllegalArgumentException if the model isn't told such classes, or the schedule's noise is too little to start
     *     from without {@link #startingLike}
     * @throws java.util.concurrent.CancellationException if this thread is interrupted
     */
    public INDArray draw(int[] labels, Rng rng, Progress progress) {
        int[] told = labels.clone();
        CleanEstimate conditional = (noised, t) -> model.estimate(noised, t, told);
        return run(CleanEstimate.guided(conditional, plain(), guidance), told.length, new Run(rng, progress));
    }

    private CleanEstimate plain() {
        return (noised, t) -> model.estimate(noised, t);
    }

    private record Run(Rng rng, Progress progress) {}

    private INDArray run(CleanEstimate estimate, int count, Run run) {
        if (count < 1) {
            throw new IllegalArgumentException("samples: expected at least 1 image, got " + count);
        }
        NoiseSchedule schedule = model.recipe().schedule();
        CleanEstimate watched = watched(estimate, sampler.steps(schedule).size(), run.progress());
        INDArray images = model.tokenizer().decode(sampler.sample(watched, draws(run.rng(), count), schedule));
        float[] pixels = Shapes.contiguous(images).data().asFloat();
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = Math.max(-1, Math.min(1, pixels[i]));
        }
        return Nd4j.createFromArray(pixels).reshape('c', images.shape());
    }

    private Draws draws(Rng rng, int count) {
        NoiseSchedule schedule = model.recipe().schedule();
        if (latents != null) {
            return Draws.like(latents, rng, count);
        }
        if (schedule.ratio(1) < NOISE_ENOUGH) {
            throw new IllegalArgumentException(
                    "samples: %s ends with noise of %.3g times the signal, too little to start from noise alone; use startingLike(training images)"
                            .formatted(schedule, schedule.ratio(1)));
        }
        return Draws.standard(
                rng, count, model.tokenizer().grid().tokens(), model.tokenizer().dimension());
    }

    private static CleanEstimate watched(CleanEstimate estimate, int steps, Progress progress) {
        Stage stage = new Stage("sample", steps, progress);
        int[] done = {0};
        return (noised, t) -> {
            INDArray clean = estimate.of(noised, t);
            stage.at(++done[0], Map.of(Progress.Quantity.TIME, t));
            stage.requireWanted();
            return clean;
        };
    }
}
