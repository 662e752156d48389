package org.ldae.sampling;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.ldae.core.NdArrays;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.core.Stage;
import org.ldae.data.ImageSource;
import org.ldae.models.LatentDAE;
import org.ldae.models.Recipe;
import org.ldae.noise.NoiseSchedule;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Bits per dimension of held-out images: the variational bound of diffusion models (VDM, Kingma et al. 2021, arXiv 2107.00630;
 * VDM++, Kingma and Gao 2023), for any recipe of many noise levels whose predictions tell the clean latents.
 *
 * <pre>{@code
 * BitsPerDimension bits = Likelihood.of(model, trainingImages).withSamples(8).of(testImages, Rng.of(1), Progress.none());
 * bits.total();
 * bits.standardError();
 * }</pre>
 *
 * <p>The noised tokenizer is the encoder of a variational autoencoder, so that the bound holds for every tokenizer: an orthonormal
 * one that keeps all components costs nothing beside pixels, and what another leaves out goes into the width of the Gaussian over
 * the 256 levels of each pixel, around what the network makes of the cleanest latents. That width and the level where the bound
 * begins are measured on training images: a network that weighs small noise low predicts badly there, so that its bound begins
 * later and leaves the rest to the Gaussian. It stays as loose as the weighting of the training makes it.
 */
public final class Likelihood {

    /** Where VDM's schedule begins on CIFAR-10, and bounds at the earliest. */
    private static final double CLEANEST = 13.3;

    /** Past VDM's end of -5, so that what is left of the prior is small; a schedule that ends before ends there. */
    private static final double NOISIEST = -10;

    /** Training images that say how wide the Gaussian is. */
    private static final int MEASURED = 512;

    private final Reconstruction reconstruction;
    private final DiffusionBound bound;
    private final PixelLevels levels;
    private final int samples;

    private Likelihood(Reconstruction reconstruction, DiffusionBound bound, PixelLevels levels, int samples) {
        this.reconstruction = reconstruction;
        this.bound = bound;
        this.levels = levels;
        this.samples = samples;
    }

    /**
     * The likelihood of a model; not told labels.
     *
     * @param model stays open as long as likelihoods are measured
     * @param training images that say how wide the Gaussian over a pixel's levels is, at least 1; 512 of them are encoded
     * @return four times an image
     * @throws IllegalArgumentException if the schedule has a single level, predictions don't tell the clean latents, or the model
     *     can't do without labels
     */
    public static Likelihood of(LatentDAE model, ImageSource training) {
        List<String> problems = problems(model.recipe());
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException("likelihood: " + String.join("; ", problems));
        }
        DiffusionBound bound = DiffusionBound.between(model.recipe().schedule(), CLEANEST, NOISIEST);
        Reconstruction reconstruction = new Reconstruction(model.tokenizer(), model::estimate);
        return of(reconstruction, bound.from(reconstruction.lowest(training, bound)), training);
    }

    /**
     * Whether images have a likelihood under a model; reads all of them.
     *
     * @param model any
     * @param images to be measured
     * @return what stands against it, sentence by sentence; empty if nothing does
     */
    public static List<String> problems(LatentDAE model, ImageSource images) {
        List<String> problems = problems(model.recipe());
        float[] pixels = new float[images.shape().size()];
        for (int i = 0; i < images.size(); i++) {
            images.read(i, pixels, 0);
            Optional<String> problem = PixelLevels.problem(pixels);
            if (problem.isPresent()) {
                problems.add("image %s: %s".formatted(i, problem.get()));
                return problems;
            }
        }
        return problems;
    }

    private static List<String> problems(Recipe recipe) {
        List<String> problems = new ArrayList<>();
        DiffusionBound.problem(recipe.schedule()).ifPresent(problems::add);
        if (!recipe.objective().tellsClean()) {
            problems.add("expected an objective whose predictions tell the clean latents, got " + recipe.objective());
        }
        if (recipe.labels().required()) {
            problems.add("expected a network that can do without labels, got " + recipe.labels());
        }
        return problems;
    }

    static Likelihood of(Reconstruction reconstruction, DiffusionBound bound, ImageSource training) {
        double deviation = reconstruction.deviation(training.limit(MEASURED), bound, bound.cleanest());
        return new Likelihood(reconstruction, bound, new PixelLevels(deviation), 4);
    }

    /**
     * Where the bound begins.
     *
     * @return logSNR of the cleanest level, 13.3 at most
     */
    public double cleanest() {
        return bound.cleanest();
    }

    /**
     * More or fewer draws.
     *
     * @param count times drawn for each image, at least 1
     * @return a copy
     */
    public Likelihood withSamples(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("likelihood: expected at least 1 draw an image, got " + count);
        }
        return new Likelihood(reconstruction, bound, levels, count);
    }

    /**
     * The bound of a sampler of finitely many steps instead of the limit: even in logSNR, or in the times of {@link #withLevels}.
     *
     * @param steps at least 1
     * @return a copy
     */
    public Likelihood withSteps(int steps) {
        if (steps < 1) {
            throw new IllegalArgumentException("likelihood: expected at least 1 step, got " + steps);
        }
        return new Likelihood(reconstruction, bound.withSteps(steps), levels, samples);
    }

    /**
     * Draws levels as often as a schedule visits them, instead of all of logSNR alike: what is measured stays the same, its variance
     * doesn't.
     *
     * @param drawn has all levels of the bound, such as {@link #leastVariance} finds
     * @return a copy
     * @throws IllegalArgumentException if it lacks some
     */
    public Likelihood withLevels(NoiseSchedule drawn) {
        return new Likelihood(reconstruction, bound.withDrawn(drawn), levels, samples);
    }

    /**
     * The schedule whose levels estimate with least variance. VDM learns it by a monotone network, whose aim is known: a level is to be
     * visited as often as the root of the mean square of its share of the bound (Kingma et al. 2021, section 5.2 and appendix H). That is
     * measured in 64 stretches of logSNR. Also a recipe's schedule, or its {@link org.ldae.noise.TimeSampling#as}, for which it lowers the
     * variance of a loss that weighs levels by the likelihood.
     *
     * @param images some hundreds, not those to be measured afterwards
     * @param rng key of the draws
     * @param progress told after every block of images
     * @return from the bound's cleanest level to its noisiest
     * @throws java.util.concurrent.CancellationException if this thread is interrupted
     */
    public NoiseSchedule leastVariance(ImageSource images, Rng rng, Progress progress) {
        Likelihood even = withLevels(NoiseSchedule.through(bound.cleanest(), bound.noisiest()));
        LeastVariance found = new LeastVariance();
        Stage stage = new Stage("levels", images.size(), progress);
        for (int first = 0; first < images.size(); first += Reconstruction.IMAGES_AT_ONCE) {
            try (INDArray block = Reconstruction.block(images, first);
                    INDArray clean = reconstruction.tokenizer().encode(block)) {
                even.draw(clean, first, images.size(), rng, (image, place, nats) -> found.saw(place, nats));
            }
            stage.at(Math.min(first + Reconstruction.IMAGES_AT_ONCE, images.size()));
            stage.requireWanted();
        }
        return found.between(bound.cleanest(), bound.noisiest());
    }

    /**
     * Measures images. Levels are drawn at low discrepancy (VDM, appendix): images share them
     * evenly between the ends, from one random place on.
     *
     * @param images held out, of 256 levels in [-1, 1], at least 2
     * @param rng key of the draws
     * @param progress told after every block of images
     * @return bits a number, and their standard error
     * @throws IllegalArgumentException if shape or pixels don't fit
     * @throws java.util.concurrent.CancellationException if this thread is interrupted
     */
    public BitsPerDimension of(ImageSource images, Rng rng, Progress progress) {
        int count = images.size();
        if (count < 2) {
            throw new IllegalArgumentException("likelihood: expected at least 2 images for an error, got " + count);
        }
        double[] prior = new double[count];
        double[] missing = new double[count];
        double[] diffusion = new double[count];
        Stage stage = new Stage("likelihood", count, progress);
        for (int first = 0; first < count; first += Reconstruction.IMAGES_AT_ONCE) {
            int read = Math.min(Reconstruction.IMAGES_AT_ONCE, count - first);
            try (INDArray block = Reconstruction.block(images, first);
                    INDArray clean = reconstruction.tokenizer().encode(block)) {
                float[] pixels = NdArrays.floats(block);
                float[] latents = NdArrays.floats(clean);
                float[] decoded = reconstruction.seen(
                                clean,
                                bound,
                                bound.cleanest(),
                                rng.stream("cleanest").at(first))
                        .pixels;
                for (int i = 0; i < read; i++) {
                    prior[first + i] = bound.prior(part(latents, i, read));
                    missing[first + i] = levels.nats(part(pixels, i, read), part(decoded, i, read));
                }
                draw(clean, first, count, rng, (image, place, nats) -> diffusion[image] += nats / samples);
            }
            stage.at(first + read);
            stage.requireWanted();
        }
        return bits(prior, missing, diffusion, images.shape().size());
    }

    /** What becomes of a draw of the diffusion term. */
    @FunctionalInterface
    private interface Drawn {
        void take(int image, double place, double nats);
    }

    /** Draws of some images, {@code first} on, of so many in all. */
    private void draw(INDArray clean, int first, int all, Rng rng, Drawn drawn) {
        int count = (int) clean.size(0);
        for (int sample = 0; sample < samples; sample++) {
            double[] places = places(rng.stream("level").at(sample), first, count, all);
            Rng noise = rng.stream("noise").at((long) first * samples + sample);
            double[] nats = bound.diffusion(clean, reconstruction.estimate(), places, noise);
            for (int i = 0; i < count; i++) {
                drawn.take(first + i, places[i], nats[i]);
            }
        }
    }

    private BitsPerDimension bits(double[] prior, double[] missing, double[] diffusion, int size) {
        int count = prior.length;
        double bits = 1 / (size * Math.log(2));
        double[] each = new double[count];
        Arrays.setAll(each, i -> bits * (prior[i] + missing[i] + diffusion[i]));
        double total = mean(each);
        double variance =
                Arrays.stream(each).map(x -> (x - total) * (x - total)).sum() / (count - 1);
        BitsPerDimension.Terms terms =
                new BitsPerDimension.Terms(bits * mean(prior), bits * mean(missing), bits * mean(diffusion));
        return new BitsPerDimension(terms, Math.sqrt(variance / count), count, samples);
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }

    /** Places of images {@code first} on, of so many in all. */
    static double[] places(Rng rng, int first, int count, int all) {
        double start = rng.generator().nextDouble();
        double[] places = new double[count];
        Arrays.setAll(places, i -> (start + (double) (first + i) / all) % 1);
        return places;
    }

    private static float[] part(float[] numbers, int index, int count) {
        int size = numbers.length / count;
        return Arrays.copyOfRange(numbers, index * size, (index + 1) * size);
    }
}
