package org.ldae.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.Dataset;
import org.ldae.data.Decoding;
import org.ldae.data.FolderOptions;
import org.ldae.data.ValueRange;
import org.ldae.evaluation.EncoderEvaluation;
import org.ldae.evaluation.EncoderResults;
import org.ldae.inference.Features;
import org.ldae.models.LatentDAE;
import org.ldae.models.Recipe;
import org.ldae.report.EncoderReport;
import org.ldae.training.Training;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Trains on GeoTIFFs of any number of bands, thermal infrared among them, and probes the encoder beside the raw bands. Denoising asks
 * for no augmentation that was made for colours.
 */
@Command(
        name = "TrainOnBands",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Trains on GeoTIFFs of any number of bands, and probes the encoder beside the raw bands.",
            "Without --data on a set made by code: 1,200 training and 400 test GeoTIFFs of six bands, written to --out."
        },
        footer = {"", "Example: ${COMMAND-FULL-NAME} --data fields --bands 4 --side 64 --epochs 50"})
public final class TrainOnBands implements Callable<Integer> {

    private static final int CLASSES = 4;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Folder of GeoTIFFs: train and test, each with a folder a class.")
    private @Nullable Path data;

    @Option(
            names = "--bands",
            description = "How many bands of a file are used, from the first (default: ${DEFAULT-VALUE}).")
    private int bands = MadeFields.BANDS;

    @Option(
            names = "--side",
            description = "Height and width that pictures are brought to (default: ${DEFAULT-VALUE}).")
    private int side = MadeFields.SIDE;

    @Option(names = "--made", hidden = true, description = "Training pictures a class of the set made by code.")
    private int made = 300;

    @ArgGroup(validate = false, heading = "%nNetwork:%n")
    private SmallNet net = new SmallNet();

    @Option(names = "--epochs", description = "Passes over the training images (default: ${DEFAULT-VALUE}).")
    private int epochs = 20;

    @Option(names = "--seed", description = "Seed of the run (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(names = "--out", description = "Folder for results (default: ${DEFAULT-VALUE}).")
    private Path out = Path.of("out", "bands");

    TrainOnBands() {}

    /**
     * Runs the example.
     *
     * @param args see {@code --help}
     */
    public static void main(String[] args) {
        Cli.main(new TrainOnBands(), args);
    }

    @Override
    public Integer call() throws IOException {
        return Cli.writing(out, this::run);
    }

    private int run() throws IOException {
        Rng rng = Rng.of(seed);
        // 1. Pictures [bands, side, side]: each band's levels between its own ends, in each picture.
        Path folder = data;
        if (folder == null) {
            folder = out.resolve("made");
            MadeFields.write(folder, made, Math.max(1, made / 3), rng.stream("made"));
            System.out.printf(
                    "Made %d classes of GeoTIFFs of %d bands by code: %s%n", CLASSES, MadeFields.BANDS, folder);
        }
        Decoding decoding = Decoding.ofBands(IntStream.range(0, bands).toArray())
                .withRange(data == null ? ValueRange.bitDepth() : ValueRange.percentiles(1, 99));
        Dataset files = Dataset.folder(folder, FolderOptions.square(side).withDecoding(decoding));
        Dataset images = new Dataset(files.train().cached(), files.test().cached());

        // 2. Single-level l-DAE: principal components of patches of all bands get noise.
        Recipe recipe = Recipe.singleLevel(net.tokenizer(images.train().shape()))
                .withDenoiser(net.denoiser())
                .withTraining(Training.epochs(epochs).withBatchSize(64).withRate(1e-3));
        try (LatentDAE model = recipe.train(images.train(), rng, Progress.console());
                LatentDAE untrained = LatentDAE.untrained(recipe, images.train(), rng)) {
            model.save(out.resolve("model.safetensors"));

            // 3. Embeddings, and what they are worth beside the raw bands under the same readouts.
            Embeddings embeddings = Embeddings.of(
                    model.represent(images.train(), Features.pooled()),
                    model.represent(images.test(), Features.pooled()));
            embeddings.writeNpy(out.resolve("embeddings.npy"));
            EncoderResults results = EncoderEvaluation.of("l-DAE", model)
                    .withControl("untrained", untrained)
                    .withStandardControls(images.train(), net.width() / 2, rng)
                    .ofLastBlock()
                    .run(images, rng, Progress.console());
            Files.writeString(out.resolve("results.json"), results.toJson());
            System.out.printf(
                    "%n%s%n%nWrote model.safetensors, embeddings.npy and results.json to %s%n",
                    EncoderReport.of(results).text(), out.toAbsolutePath());
        }
        return 0;
    }
}
