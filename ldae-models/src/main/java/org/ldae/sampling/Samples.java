package org.ldae.sampling;

import java.util.Map;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.core.Shapes;
import org.ldae.core.Stage;
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
 * <p>They start from standard normals as {@link Draws#standard} gives them; the same key gives the same images.
 */
public final class Samples {

    private final LatentDAE model;
    private final Sampler sampler;
    private final double guidance;

    private Samples(LatentDAE model, Sampler sampler, double guidance) {
        this.model = model;
        this.sampler = sampler;
        this.guidance = guidance;
    }

    /**
     * Samples of a model.
     *
     * @param model stays open as long as samples are drawn
     * @param sampler one that fits the schedule of the model's recipe
     * @return not guided
     * @throws IllegalArgumentException if the sampler doesn't fit the schedule; the message names one that does
     */
    public static Samples of(LatentDAE model, Sampler sampler) {
        sampler.steps(model.recipe().schedule());
        return new Samples(model, sampler, 1);
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
        return new Samples(model, sampler, scale);
    }

    /**
     * Draws images without telling the model a class.
     *
     * @param count N, at least 1
     * @param rng key of the images
     * @param progress told after every step
     * @return {@code [N, C, H, W]} float32, pixels clipped to [-1, 1]
     * @throws IllegalArgumentException if guidance is asked for, or the model can't do without labels
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
     * @throws IllegalArgumentException if the model isn't told such classes
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
        int tokens = model.tokenizer().grid().tokens();
        Draws draws = Draws.standard(run.rng(), count, tokens, model.tokenizer().dimension());
        INDArray images = model.tokenizer().decode(sampler.sample(watched, draws, schedule));
        float[] pixels = Shapes.contiguous(images).data().asFloat();
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = Math.max(-1, Math.min(1, pixels[i]));
        }
        return Nd4j.createFromArray(pixels).reshape('c', images.shape());
    }

    private static CleanEstimate watched(CleanEstimate estimate, int steps, Progress progress) {
        Stage stage = new Stage("sample", steps, progress);
        int[] done = {0};
        return (noised, t) -> {
            INDArray clean = estimate.of(noised, t);
            stage.at(++done[0], Map.of(Progress.Quantity.TIME, t));
            return clean;
        };
    }
}
