package org.ldae.report;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.ldae.core.ImageShape;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.Dataset;
import org.ldae.data.ImageSource;
import org.ldae.deconstruction.Preset;
import org.ldae.figures.Figures;
import org.ldae.figures.FilterScale;
import org.ldae.figures.GridOptions;
import org.ldae.models.Recipe;
import org.ldae.report.Figure.Panel;
import org.ldae.study.TokenizerStore;
import org.ldae.tokenizers.linear.PatchPCA;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Figures that need the images: what the patch-wise tokenizers look for, and what noise does to images. */
final class ImageFigures {

    private static final int FILTERS = 8;
    private static final int IMAGES = 2;
    private static final double SIGMA = Math.sqrt(1.0 / 3);

    private final Preset preset;
    private final Dataset data;
    private final Rng rng;
    private final TokenizerStore tokenizers;

    /** Tokenizers are read from a study's folder where they are there. */
    ImageFigures(Preset preset, Dataset data, Rng rng, Path out) throws IOException {
        this.preset = preset;
        this.data = data;
        this.rng = rng;
        this.tokenizers = new TokenizerStore(out.resolve("tokenizers"));
    }

    /** None for images that are neither grey nor coloured. */
    List<Figure> all() {
        int channels = data.train().shape().channels();
        return channels == 1 || channels == 3
                ? Stream.of(filters(), noise()).flatMap(List::stream).toList()
                : List.of();
    }

    private List<Figure> filters() {
        List<INDArray> rows = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (String kind : List.of("vae", "ae", "pca")) {
            Recipe recipe = preset.recipeAt("patch-" + kind);
            Optional<INDArray> filters =
                    tokenizers.get(recipe, data.train(), rng, Progress.none()).filters();
            filters.ifPresent(all -> {
                long shown = Math.min(FILTERS, all.size(0));
                rows.add(all.get(NDArrayIndex.interval(0, shown), NDArrayIndex.all())
                        .dup('c'));
                names.add(kind.toUpperCase(java.util.Locale.ROOT));
            });
        }
        return Figure.of(
                "fig4-filters.png",
                "Counterpart of Fig. 4: the first %s rows of the encoders V as patches. Components of VAE and AE have no order."
                        .formatted(FILTERS),
                List.of(Optional.of(new Panel(
                        Figures.titled(
                                "What the tokenizers look for",
                                Figures.filters(
                                        rows,
                                        FilterScale.PER_FILTER,
                                        GridOptions.plain().withRows(names))),
                        "Encoder filters as patch images, a row each for %s.".formatted(String.join(", ", names))))));
    }

    private List<Figure> noise() {
        List<Figures.Resolution> resolutions = new ArrayList<>();
        ImageShape shape = data.train().shape();
        Recipe recipe = preset.recipeAt("patch-pca");
        int patch = recipe.tokenizer().patch();
        for (int factor = 1; patch % factor == 0 && patch / factor > 1; factor *= 2) {
            if (factor == 1 || shape.height() == shape.width()) {
                int small = patch / factor;
                int components = Math.min(recipe.tokenizer().dimension(), small * small * shape.channels());
                Recipe sized = recipe.withTokenizer(PatchPCA.patch(small).components(components));
                int side = shape.height() / factor;
                resolutions.add(new Figures.Resolution(
                        first(factor == 1 ? data.test() : data.test().resized(side)),
                        tokenizers.get(
                                factor == 1 ? recipe : sized,
                                factor == 1
                                        ? data.train()
                                        : data.train().resized(side).cached(),
                                rng,
                                Progress.none())));
            }
        }
        return Figure.of(
                "fig7-noise.png",
                "Counterpart of Fig. 7: noise of sigma = sqrt(1/3) on pixels and on latents, at several resolutions.",
                List.of(Optional.of(new Panel(
                        Figures.titled(
                                "Noise on pixels and on latents",
                                Figures.noise(resolutions, SIGMA, rng.stream("report.noise"))),
                        "Test images, the same with noise on pixels, and with noise on PCA latents, at %s resolutions."
                                .formatted(resolutions.size())))));
    }

    private static INDArray first(ImageSource images) {
        return images.images(IntStream.range(0, Math.min(IMAGES, images.size())).toArray());
    }
}
