package org.ldae.models;

import org.ldae.core.Rng;
import org.ldae.core.Shapes;
import org.ldae.core.TokenGrid;
import org.ldae.data.ImageSource;
import org.ldae.inference.Inference;
import org.ldae.inference.Items;
import org.ldae.inference.Patches;
import org.ldae.nn.Denoiser;
import org.ldae.nn.Parameters;
import org.ldae.tokenizers.Tokenizer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What a model does with noise: adds it to images, takes it away, and tells the clean latents in noised ones. */
final class Denoising {

    private final FittedRecipe fitted;
    private final Recipe recipe;
    private final Tokenizer tokenizer;
    private final Parameters parameters;

    Denoising(FittedRecipe fitted, Parameters parameters) {
        this.fitted = fitted;
        this.recipe = fitted.recipe();
        this.tokenizer = fitted.tokenizer();
        this.parameters = parameters;
    }

    /** Images {@code [N, C, H, W]} with noise in their latents. */
    INDArray addNoise(INDArray images, double sigma, Rng rng) {
        requireLevel(sigma);
        INDArray latents = parameters.use(() -> tokenizer.encode(images));
        float[] noise = new float[Math.toIntExact(latents.length())];
        rng.normals(noise, 0, noise.length);
        INDArray eps = Nd4j.createFromArray(noise).reshape('c', latents.shape());
        return tokenizer.decode(latents.addi(eps.muli(sigma)));
    }

    /** The network's estimate of the clean images, {@code [N, C, H, W]}. */
    INDArray denoise(ImageSource images, double sigma) {
        requireLevel(sigma);
        requireTellsClean();
        double t = recipe.schedule().timeOf(sigma);
        TokenGrid grid = tokenizer.grid();
        Patches patches = Patches.of(grid);
        return inference().map(Items.patches(images, grid), Patches.imageAxes(grid), (work, n) -> {
            DenoisingPass pass = new DenoisingPass(fitted, work, n);
            float[] denoised = new float[n * grid.image().size()];
            return (noised, clean, first) -> {
                pass.given(noised, t);
                pass.denoised().get(denoised);
                for (int from = 0; from < denoised.length; from += denoised.length / n) {
                    patches.scatter(denoised, from, clean, from);
                }
            };
        });
    }

    /** An estimate of the latents {@code [N, L, D]}, each image at a time of its own. */
    INDArray estimate(INDArray noised, double[] times, int... labels) {
        Shapes.require("noised", noised, "N L D", Shapes.ANY, tokenizer.grid().tokens(), tokenizer.dimension());
        requireTellsClean();
        if (times.length != noised.size(0)) {
            throw new IllegalArgumentException(
                    "times: expected one for each of N = %d images, got %d".formatted(noised.size(0), times.length));
        }
        Denoiser.Conditions at = fitted.conditions(times.length, labels);
        for (int i = 0; i < times.length; i++) {
            recipe.schedule().level(times[i]);
            at.times()[i] = (float) times[i];
        }
        long[] axes = {tokenizer.grid().tokens(), tokenizer.dimension()};
        return inference().map(Items.of(noised), axes, (work, n) -> {
            DenoisingPass pass = new DenoisingPass(fitted, work, n);
            return (latents, clean, first) -> {
                pass.givenNoised(latents, part(at, first, n));
                pass.cleanLatents().get(clean);
            };
        });
    }

    /** The conditions of n images from the first on; nothing beyond the last. */
    private static Denoiser.Conditions part(Denoiser.Conditions all, int first, int n) {
        Denoiser.Conditions part = Denoiser.Conditions.of(n);
        int count = Math.min(n, all.times().length - first);
        System.arraycopy(all.times(), first, part.times(), 0, count);
        System.arraycopy(all.labels(), first, part.labels(), 0, count);
        return part;
    }

    private void requireTellsClean() {
        if (!recipe.objective().tellsClean()) {
            throw new IllegalArgumentException(
                    "denoise: expected an objective whose predictions tell the clean image, got %s; this model represents, it neither denoises nor samples"
                            .formatted(recipe.objective()));
        }
    }

    private static void requireLevel(double sigma) {
        if (!(sigma >= 0 && sigma < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("sigma: expected a finite level of at least 0, got " + sigma);
        }
    }

    private Inference inference() {
        return Inference.of(parameters, Inference.imagesAtOnce(tokenizer.grid()));
    }
}
