package org.ldae.examples;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.ldae.core.ImageShape;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.Dataset;
import org.ldae.data.ImageSource;
import org.ldae.figures.ChartOptions;
import org.ldae.figures.Figures;
import org.ldae.figures.FilterScale;
import org.ldae.figures.GridOptions;
import org.ldae.figures.Series;
import org.ldae.models.Provenance;
import org.ldae.tokenizers.Tokenizer;
import org.ldae.tokenizers.TokenizerOptions;
import org.ldae.tokenizers.conv.ConvSizes;
import org.ldae.tokenizers.conv.ConvVAE;
import org.ldae.tokenizers.linear.PatchAE;
import org.ldae.tokenizers.linear.PatchPCA;
import org.ldae.tokenizers.linear.PatchVAE;
import org.ldae.training.HeldOut;
import org.ldae.training.Training;
import org.nd4j.linalg.api.ndarray.INDArray;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Fits the four tokenizers at several dimensions and shows what each keeps of an image (paper, Tab. 2 and Fig. 4). */
@Command(
        name = "CompareTokenizers",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Fits the four tokenizers at several dimensions and shows what each keeps of an image.",
        footer = {"", "Example: ${COMMAND-FULL-NAME} --data cifar10:data --download --dimensions 8,16,32 --limit 2000"})
public final class CompareTokenizers implements Callable<Integer> {

    @ArgGroup(validate = false, heading = "%nImages:%n")
    private ImageData.Option dataOption = new ImageData.Option();

    @Option(
            names = "--patch",
            description = "Side of a token in pixels, even (default: 4 for 28x28 images, 8 up to 64x64, else 16).")
    private int patch;

    @Option(
            names = "--dimensions",
            split = ",",
            description = "Latent numbers per token, multiples of 4 (default: ${DEFAULT-VALUE}).")
    private List<Integer> dimensions = List.of(4, 8);

    @Option(names = "--steps", description = "Training steps of each ConvVAE, of 4 images (default: ${DEFAULT-VALUE}).")
    private int steps = 2000;

    @Option(names = "--seed", description = "Seed of the run (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(names = "--out", description = "Folder for results (default: ${DEFAULT-VALUE}).")
    private Path out = Path.of("out", "compare-tokenizers");

    CompareTokenizers() {}

    /**
     * Runs the example.
     *
     * @param args see {@code --help}
     */
    public static void main(String[] args) {
        Cli.main(new CompareTokenizers(), args);
    }

    @Override
    public Integer call() throws IOException {
        // 1. Images. Tokenizers are fitted on the training images and measured on test images; no labels.
        Dataset data = dataOption.load().images();
        return Cli.writing(out, () -> run(data));
    }

    private int run(Dataset data) throws IOException {
        ImageSource train = data.train();
        ImageSource test = data.test();
        System.out.printf("%,d training and %,d test images %s%n%n", train.size(), test.size(), train.shape());

        // 2. The same line for every tokenizer: what it is, fit, measure.
        TokenizerTable table = new TokenizerTable(test);
        Rng rng = Rng.of(seed);
        List<List<Tokenizer>> kinds = new ArrayList<>();
        for (TokenizerOptions options : kinds(train.shape())) {
            List<Tokenizer> fitted = new ArrayList<>();
            for (int dimension : dimensions) {
                long began = System.nanoTime();
                Tokenizer tokenizer =
                        options.withDimension(dimension).fit(train, rng.stream("tokenizer"), Progress.console());
                table.add(tokenizer, (System.nanoTime() - began) / 1e9);
                fitted.add(tokenizer);
            }
            kinds.add(fitted);
        }
        System.out.printf("%n%s", table);

        // 3. Look at them.
        INDArray some = test.images(IntStream.range(0, Math.min(8, test.size())).toArray());
        for (List<Tokenizer> fitted : kinds) {
            String name = TokenizerTable.name(fitted.get(0));
            Figures.writePng(
                    Figures.reconstructions(some, fitted, GridOptions.plain()),
                    out.resolve("reconstructions-" + name + ".png"));
        }
        drawFilters(kinds);
        drawErrors(table);
        PatchPCA pca = (PatchPCA) kinds.get(0).get(0);
        Figures.writePng(Figures.explainedVariance(pca.explainedVariance()), out.resolve("variance.png"));

        // 4. Keep the numbers with all that is needed to get them again.
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("tokenizers", table.rows());
        result.put("testImages", test.size());
        result.put(
                "provenance", JsonParser.parseString(Provenance.of(seed, train).toJson()));
        Cli.writeJson(out.resolve("result.json"), result);
        System.out.printf("%nWrote result.json and pictures to %s%n", out.toAbsolutePath());
        return 0;
    }

    /** The four kinds; their dimension is set for each fit. */
    private List<TokenizerOptions> kinds(ImageShape shape) {
        int longest = Math.max(shape.height(), shape.width());
        int side = patch != 0 ? patch : longest == 28 ? 4 : longest <= 64 ? 8 : 16;
        int first = dimensions.get(0);
        return List.of(
                PatchPCA.patch(side).components(first),
                PatchAE.patch(side).dimension(first),
                PatchVAE.patch(side).dimension(first),
                ConvVAE.factor(side / 2)
                        .channels(first / 4)
                        .withSizes(ConvSizes.tiny(side / 2))
                        .withTraining(Training.steps(steps)
                                .withBatchSize(4)
                                .withRate(4e-3)
                                .withHeldOut(HeldOut.every(Math.max(1, steps / 50)))));
    }

    /** Rows of the encoders of the patch-wise kinds at the largest dimension (paper, Fig. 4). */
    private void drawFilters(List<List<Tokenizer>> kinds) throws IOException {
        List<INDArray> rows = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (List<Tokenizer> fitted : kinds) {
            Tokenizer widest = fitted.get(fitted.size() - 1);
            widest.filters().ifPresent(filters -> {
                rows.add(filters);
                names.add(TokenizerTable.name(widest));
            });
        }
        Figures.writePng(
                Figures.filters(
                        rows, FilterScale.PER_FILTER, GridOptions.plain().withRows(names)),
                out.resolve("filters.png"));
    }

    private void drawErrors(TokenizerTable table) throws IOException {
        List<Series> series = new ArrayList<>();
        table.errors().forEach((name, points) -> {
            double[] x = points.keySet().stream().mapToDouble(d -> d).toArray();
            double[] y = points.values().stream().mapToDouble(e -> e).toArray();
            series.add(Series.of(name, x, y));
        });
        Figures.writePng(
                Figures.lines(
                        series,
                        ChartOptions.titled("Reconstruction error on test images")
                                .withAxes("latent numbers per token", "mean squared error")
                                .withLogY()),
                out.resolve("errors.png"));
    }
}
