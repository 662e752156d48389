package org.ldae.study;

import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.ldae.data.ImageSource;
import org.ldae.models.Recipe;
import org.ldae.tokenizers.Tokenizer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Latents of a recipe's tokenizer.
 *
 * @param recipe the recipe
 */
record Latents(Recipe recipe) implements Subject {

    /** Images encoded at once. */
    private static final int CHUNK = 512;

    @Override
    public String settings() {
        return SubjectJson.of("latents").with("recipe", recipe).toString();
    }

    @Override
    public void run(CellRun run) {
        Tokenizer tokenizer = run.tokenizer(recipe);
        run.probe(
                Metric.AVERAGED,
                images -> rows(images, pixels -> {
                    try (INDArray latents = tokenizer.encode(pixels)) {
                        return latents.mean(1);
                    }
                }));
        run.probe(
                Metric.ALL_TOKENS,
                images -> rows(images, pixels -> {
                    try (INDArray latents = tokenizer.encode(pixels)) {
                        return flat(latents);
                    }
                }));
    }

    /** Maps some images at a time to rows. */
    static INDArray rows(ImageSource images, UnaryOperator<INDArray> map) {
        INDArray[] parts = IntStream.iterate(0, from -> from < images.size(), from -> from + CHUNK)
                .mapToObj(from -> map.apply(images.images(IntStream.range(from, Math.min(images.size(), from + CHUNK))
                        .toArray())))
                .toArray(INDArray[]::new);
        return Nd4j.concat(0, parts);
    }

    /** A copy with a row for each image. */
    static INDArray flat(INDArray array) {
        return array.reshape('c', array.size(0), array.length() / array.size(0)).dup('c');
    }
}
