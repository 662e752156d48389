package org.ldae.examples;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.ldae.core.ImageShape;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.Augmentation;
import org.ldae.data.Dataset;
import org.ldae.data.ImageSource;
import org.ldae.data.RandomCrop;
import org.ldae.figures.ChartOptions;
import org.ldae.figures.Figures;
import org.ldae.inference.Features;
import org.ldae.models.LatentDAE;
import org.ldae.models.PlainEncoder;
import org.ldae.models.Recipe;
import org.ldae.models.Trainer;
import org.nd4j.linalg.api.ndarray.INDArray;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Pretrains an encoder on a folder of pictures, and writes what it makes of them: embeddings, neighbours, a map. */
@Command(
        name = "PretrainOnYourPictures",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Pretrains an encoder on a folder of pictures, and writes what it makes of them: embeddings, neighbours, a"
                    + " map.",
            "With pictures of your own: --data pictures:DIR, or --data folder:DIR if they lie in a folder a class."
        },
        footer = {"", "Example: ${COMMAND-FULL-NAME} --data pictures:photos --side 64 --skip 10 --out out/mine"})
public final class PretrainOnYourPictures implements Callable<Integer> {

    private static final int QUERIES = 8;
    private static final int NEIGHBOURS = 7;

    @ArgGroup(validate = false, heading = "%nImages:%n")
    private ImageData.Option dataOption = new ImageData.Option();

    @ArgGroup(validate = false, heading = "%nNetwork:%n")
    private SmallNet net = new SmallNet();

    @ArgGroup(validate = false, heading = "%nTraining:%n")
    private TrainingOptions training = new TrainingOptions();

    @Option(names = "--crop", description = "Train on random parts of the pictures, mirrored or not.")
    private boolean crop;

    @Option(names = "--seed", description = "Seed of the run (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(names = "--out", description = "Folder for results (default: ${DEFAULT-VALUE}).")
    private Path out = Path.of("out", "pretrain");

    PretrainOnYourPictures() {}

    /**
     * Runs the example.
     *
     * @param args see {@code --help}
     */
    public static void main(String[] args) {
        Cli.main(new PretrainOnYourPictures(), args);
    }

    @Override
    public Integer call() throws IOException {
        // 1. Pictures: decoded once, cut to squares, kept in memory (or in a file, with --packed). Labels are only
        // drawn.
        Dataset data = dataOption.load().images();
        ImageSource train = data.train();
        System.out.printf(
                "%,d training and %,d test images %s%n",
                train.size(), data.test().size(), train.shape());
        return Cli.writing(out, () -> run(data));
    }

    private int run(Dataset data) throws IOException {
        ImageSource train = data.train();
        // 2. Single-level l-DAE: PCA latents of patches get noise, the network predicts the clean picture. With the
        // recipe light-noise it sees a quarter of the patches and predicts the others (docs/study/ladder.md).
        Recipe recipe = recipe(train.shape());
        Rng rng = Rng.of(seed);

        // 3. Pretrain. Ctrl-C stops early and goes on with what has been learnt.
        long began = System.nanoTime();
        try (Trainer trainer = Trainer.start(recipe, train, rng, Progress.console());
                Interruption interruption = Interruption.onCtrlC()) {
            trainer.run(Progress.console());
            if (interruption.came()) {
                System.out.printf("%nStopped at step %d of %d.%n", trainer.losses().length, trainer.totalSteps());
            }
            double seconds = (System.nanoTime() - began) / 1e9;
            Figures.writePng(Figures.loss(trainer.losses()), out.resolve("loss.png"));

            // 4. The encoder as a plain ViT of patches, without decoder and noise: what other tools want.
            try (LatentDAE model = trainer.model();
                    PlainEncoder encoder = model.plainEncoder(0)) {
                encoder.save(out.resolve("encoder.safetensors"));
                report(encoder, data, new Run(recipe, model, trainer.losses().length, seconds));
            }
        }
        System.out.printf(
                "%nWrote encoder.safetensors, embeddings.npy, embeddings.csv, neighbours.png, map.png, loss.png and"
                        + " result.json to %s%n",
                out.toAbsolutePath());
        return 0;
    }

    private record Run(Recipe recipe, LatentDAE model, int steps, double seconds) {}

    private void report(PlainEncoder encoder, Dataset data, Run run) throws IOException {
        // 5. Embeddings: the average token of every picture, [N, M], with the name of its file.
        ImageSource train = data.train();
        ImageSource test = data.test();
        INDArray trained = encoder.represent(train, Features.pooled());
        INDArray tested = encoder.represent(test, Features.pooled());
        Embeddings embeddings = Embeddings.of(trained, tested);
        embeddings.writeNpy(out.resolve("embeddings.npy"));
        embeddings.writeCsv(data, out.resolve("embeddings.csv"));

        // 6. Keep the numbers with all that is needed to get them again.
        boolean labelled = !test.classNames().isEmpty();
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("trainImages", train.size());
        result.put("testImages", test.size());
        result.put(
                "skipped",
                data.skipped().stream().map(file -> file.file().toString()).toList());
        if (labelled) {
            result.put(
                    "neighboursOfTheSameClass",
                    NeighbourGrid.share(test, train, Embeddings.nearest(tested, trained, test.size(), 1)));
        }
        result.put("steps", run.steps);
        result.put("seconds.train", run.seconds);
        result.put("imagesPerSecond", (double) run.steps * training.batch() / run.seconds);
        result.put("parameters", run.model.parameterCount());
        result.put("seed", seed);
        result.put("recipe", JsonParser.parseString(run.recipe.toJson()));
        result.put("provenance", JsonParser.parseString(run.model.provenance().toJson()));
        Cli.writeJson(out.resolve("result.json"), result);

        // 7. Look at them: the nearest training pictures of some test pictures, and all test pictures in the plane.
        int shown = Math.min(QUERIES, test.size());
        int[][] nearest = Embeddings.nearest(tested, trained, shown, Math.min(NEIGHBOURS, train.size()));
        Figures.writePng(NeighbourGrid.draw(test, train, nearest), out.resolve("neighbours.png"));
        INDArray plane = embeddings.plane(test.size());
        Figures.writePng(
                Figures.map(
                        plane,
                        labelled ? test.labels() : new int[test.size()],
                        labelled ? test.classNames() : List.of("test pictures"),
                        ChartOptions.titled("Embeddings of the test pictures")
                                .withAxes("first principal component", "second principal component")),
                out.resolve("map.png"));
    }

    private Recipe recipe(ImageShape shape) {
        Augmentation augmentation =
                crop ? Augmentation.none().withCrop(RandomCrop.of(0.2)).withFlip() : Augmentation.none();
        return training.recipe(
                Recipe.singleLevel(net.tokenizer(shape)).withDenoiser(net.denoiser()), shape, augmentation);
    }
}
