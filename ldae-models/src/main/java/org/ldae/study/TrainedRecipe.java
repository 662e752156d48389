package org.ldae.study;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;
import org.ldae.figures.Figures;
import org.ldae.inference.Features;
import org.ldae.models.LatentDAE;
import org.ldae.models.Recipe;
import org.ldae.models.Trainer;
import org.ldae.sampling.BitsPerDimension;
import org.ldae.sampling.Likelihood;
import org.ldae.tokenizers.Tokenizer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The encoder of a trained recipe.
 *
 * @param recipe the recipe
 * @param side what images are resized to, 0 for their own size
 * @param readings what is measured beside the probes of the encoder
 */
record TrainedRecipe(Recipe recipe, int side, Set<Reading> readings) implements Subject {

    /** Times of the probe in units of 1000 steps (paper, appendix). */
    private static final int[] TIMES = {0, 10, 20, 40, 80};

    /** Images of the picture, and its noise (paper, Fig. 8). */
    private static final int PICTURED = 10;

    /** Test images whose bits are measured. */
    private static final int MOST_LIKELY = 1000;

    private static final double SIGMA = Math.sqrt(1.0 / 3);

    /** What is measured of a trained recipe beside the probes of its encoder. */
    enum Reading {
        /** The probe after each block, and at several times with clean and noisy input; and noisy images, denoised. */
        SWEEPS,
        /** How far samples lie from test images. */
        SAMPLES,
        /** Bits per dimension of test images, where they and the recipe have any. */
        LIKELIHOOD,
        /** The probe of a pyramid of cells, instead of that of all tokens. */
        CELLS
    }

    @Override
    public String settings() {
        return SubjectJson.of("trained")
                .with("recipe", recipe)
                .with("side", side)
                .with("reading", readings.stream().sorted().map(Reading::name).collect(Collectors.joining(",")))
                .toString();
    }

    @Override
    public void run(CellRun whole) {
        CellRun run = sized(whole);
        Tokenizer tokenizer = run.tokenizer(recipe);
        long began = System.nanoTime();
        try (Trainer trainer = Trainer.start(recipe, tokenizer, run.data().train(), run.rng())) {
            trainer.run(run.progress());
            run.requireFinished(trainer.finished());
            run.put(Metric.TRAINING_TIME, (System.nanoTime() - began) / 1e9);
            losses(run, trainer.losses());
            run.put(Metric.PARAMETERS, trainer.parameterCount());
            run.put(Metric.FLOPS, trainer.flops());
            run.put(
                    Metric.IMAGES,
                    (double) trainer.losses().length * recipe.training().batchSize());
            run.put(
                    Metric.RECONSTRUCTION,
                    tokenizer.reconstructionError(run.data().test()));
            try (LatentDAE model = trainer.model()) {
                run.probe(model, readings.contains(Reading.CELLS));
                if (readings.contains(Reading.SWEEPS)) {
                    sweeps(run, model);
                    picture(run, model);
                }
                if (readings.contains(Reading.SAMPLES)) {
                    run.put(Metric.FRECHET, run.frechet(model));
                }
                if (readings.contains(Reading.LIKELIHOOD)) {
                    likelihood(run, model);
                }
            }
        }
    }

    @Override
    public void fitTokenizers(CellRun run) {
        sized(run).tokenizer(recipe);
    }

    private CellRun sized(CellRun whole) {
        return side == 0 ? whole : whole.resized(side);
    }

    private static void losses(CellRun run, double[] losses) {
        int last = Math.max(1, losses.length / 20);
        run.put(
                Metric.LOSS,
                Arrays.stream(losses, losses.length - last, losses.length)
                        .average()
                        .orElseThrow());
        run.put(Metric.FIRST_LOSS, losses[0]);
    }

    private static void sweeps(CellRun run, LatentDAE model) {
        for (int block = 1; block <= model.blocks(); block++) {
            Features features = Features.pooled().after(block);
            run.probe(Metric.Sweep.BLOCK.at(block), images -> model.represent(images, features));
        }
        if (!model.recipe().schedule().timeDependent()) {
            return;
        }
        for (int time : TIMES) {
            Features clean = Features.pooled().at(time / 1000.0);
            run.probe(Metric.Sweep.CLEAN_TIME.at(time), images -> model.represent(images, clean));
            Features noisy = clean.withNoise(run.rng().seed());
            run.probe(Metric.Sweep.NOISY_TIME.at(time), images -> model.represent(images, noisy));
        }
    }

    private static void likelihood(CellRun run, LatentDAE model) {
        ImageSource images = run.data().test().limit(MOST_LIKELY);
        if (!Likelihood.problems(model, images).isEmpty()) {
            return;
        }
        BitsPerDimension bits =
                Likelihood.of(model, run.data().train()).of(images, run.rng().stream("likelihood"), run.progress());
        run.put(Metric.BITS, bits.total());
        run.put(Metric.BITS_OF_PIXELS, bits.terms().reconstruction());
        run.put(Metric.BITS_OF_START, bits.terms().prior());
    }

    /** Clean, noisy and denoised test images. */
    private static void picture(CellRun run, LatentDAE model) {
        INDArray clean = run.data()
                .test()
                .images(IntStream.range(0, Math.min(PICTURED, run.data().test().size()))
                        .toArray());
        INDArray noisy = model.addNoise(clean, SIGMA, Rng.of(run.rng().seed()).stream("picture"));
        run.picture(
                "fig8",
                Figures.titled("Test images, denoised", Figures.triplets(clean, noisy, model.denoise(noisy, SIGMA))));
    }
}
