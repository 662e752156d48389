package org.ldae.examples;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.ldae.core.ImageShape;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.core.TokenGrid;
import org.ldae.data.Augmentation;
import org.ldae.data.Dataset;
import org.ldae.data.ImageSource;
import org.ldae.evaluation.EncoderEvaluation;
import org.ldae.evaluation.EncoderResults;
import org.ldae.figures.Figures;
import org.ldae.models.LatentDAE;
import org.ldae.models.Recipe;
import org.ldae.models.Trainer;
import org.ldae.nn.Denoiser;
import org.ldae.report.EncoderReport;
import org.ldae.tokenizers.linear.PatchPCA;
import org.ldae.training.Saving;
import org.ldae.unet.UNet;
import org.nd4j.linalg.api.ndarray.INDArray;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Trains a latent denoising autoencoder on images and probes what it learnt against controls. */
@Command(
        name = "TrainLatentDae",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Trains a latent denoising autoencoder on images and probes what it learnt against controls.",
        footer = {"", "Example: ${COMMAND-FULL-NAME} --data folder:photos --side 64 --epochs 50 --out out/photos"})
public final class TrainLatentDae implements Callable<Integer> {

    private static final int SHOWN = 10;

    /** Noise of the picture: the paper's single level. */
    private static final double PICTURED = Math.sqrt(1.0 / 3);

    @ArgGroup(validate = false, heading = "%nImages:%n")
    private ImageData.Option dataOption = new ImageData.Option();

    @ArgGroup(validate = false, heading = "%nNetwork:%n")
    private SmallNet net = new SmallNet();

    @Option(
            names = "--network",
            description =
                    "vit, or unet: --width / 4 channels at the finest of up to three levels (default: ${DEFAULT-VALUE}).")
    private Network network = Network.vit;

    @ArgGroup(validate = false, heading = "%nTraining:%n")
    private TrainingOptions training = new TrainingOptions();

    @Option(names = "--levels", description = "many or single noise levels (default: ${DEFAULT-VALUE}).")
    private Levels levels = Levels.single;

    @Option(names = "--flip", description = "Flip training images at random.")
    private boolean flip;

    @Option(names = "--shift", description = "Shift training images at random by up to so many pixels.")
    private int shift;

    @Option(names = "--seed", description = "Seed of the run (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(names = "--out", description = "Folder for results (default: ${DEFAULT-VALUE}).")
    private Path out = Path.of("out", "train-latent-dae");

    @Option(names = "--resume", description = "Go on from the checkpoint in --out.")
    private boolean resume;

    /** Whether the training of this run has been saved. */
    private boolean trained;

    /** What predicts. */
    enum Network {
        vit,
        unet
    }

    /** How many noise levels. */
    enum Levels {
        many,
        single
    }

    TrainLatentDae() {}

    /**
     * Runs the example.
     *
     * @param args see {@code --help}
     */
    public static void main(String[] args) {
        Cli.main(new TrainLatentDae(), args);
    }

    @Override
    public Integer call() throws IOException {
        // 1. Images: a source reads them one by one, pixels in [-1, 1]. Labels are for the probes only.
        Dataset data = dataOption.load().requireProbeable().images();
        ImageSource train = data.train();
        System.out.printf(
                "%,d training and %,d test images %s, %d classes%n",
                train.size(),
                data.test().size(),
                train.shape(),
                train.classNames().size());
        return Cli.writing(out, () -> run(data));
    }

    private int run(Dataset data) throws IOException {
        try (Interruption interruption = Interruption.onCtrlC()) {
            try {
                return run(data, interruption);
            } catch (CancellationException e) {
                return interrupted(trained ? "while probing" : "before the first step");
            }
        }
    }

    private int interrupted(String what) {
        Path checkpoint = checkpoint();
        System.out.printf(
                "%nInterrupted: %s. %s%n",
                what,
                trained || resume
                        ? "Saved %s; the same command with --resume goes on.".formatted(checkpoint)
                        : "Nothing is saved yet.");
        return Cli.INTERRUPTED;
    }

    private Path checkpoint() {
        return out.resolve("checkpoint.safetensors");
    }

    private int run(Dataset data, Interruption interruption) throws IOException {
        ImageSource train = data.train();
        // 2. The recipe says everything else. Single-level l-DAE: noise is added to PCA latents and seen as an image,
        //    from which the network predicts the original image.
        Recipe recipe = recipe(train.shape());
        Rng rng = Rng.of(seed);

        // 3. Train, with a checkpoint every minute and at Ctrl-C.
        Path checkpoint = checkpoint();
        if (resume && !Files.exists(checkpoint)) {
            throw new IllegalArgumentException(
                    "--resume: expected the checkpoint of an earlier run, got no %s; check --out, or"
                                    .formatted(checkpoint)
                            + " start without --resume");
        }
        LatentDAE model;
        double[] losses;
        double seconds;
        double spent;
        try (Trainer trainer = resume
                ? Trainer.resume(checkpoint, recipe, train, rng)
                : Trainer.start(recipe, train, rng, Progress.console())) {
            System.out.printf(
                    "%,d parameters, %,d steps, %.1f MFLOP an image%n",
                    trainer.parameterCount(), trainer.totalSteps(), trainer.flopsPerImage() / 1e6);
            trainer.run(Progress.console(), Saving.to(checkpoint));
            trained = true;
            if (interruption.came()) {
                return interrupted("step %s of %s".formatted(trainer.losses().length, trainer.totalSteps()));
            }
            model = trainer.model();
            losses = trainer.losses();
            seconds = trainer.seconds();
            spent = trainer.flops();
        }

        // 4. Probe the frozen encoder and its controls, all under the same readouts with the same solver.
        try (model;
                LatentDAE untrained = LatentDAE.untrained(recipe, train, rng)) {
            EncoderResults results = EncoderEvaluation.of("l-DAE", model)
                    .withControl("untrained", untrained)
                    .withStandardControls(train, net.width() / 2, rng) // a filter gives two numbers
                    .ofLastBlock()
                    .run(data, rng, Progress.console());
            System.out.printf("%n%s%n%n", EncoderReport.of(results).text());

            // 5. Keep the numbers with all that is needed to get them again.
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("evaluation", JsonParser.parseString(results.toJson()));
            result.put("length", recipe.training().length().toString());
            result.put("parameters", model.parameterCount());
            result.put("flops", spent);
            result.put("seconds.train", seconds);
            result.put("imagesPerSecond", (double) losses.length * training.batch() / seconds);
            result.put("seed", seed);
            result.put("recipe", JsonParser.parseString(recipe.toJson()));
            result.put("provenance", JsonParser.parseString(model.provenance().toJson()));
            Cli.writeJson(out.resolve("result.json"), result);
            Files.writeString(out.resolve("loss.csv"), csv(losses));

            // 6. Look at it: the loss, and clean, noisy and denoised images side by side.
            Figures.writePng(Figures.loss(losses), out.resolve("loss.png"));
            if (recipe.objective().tellsClean()) {
                int[] shown =
                        IntStream.range(0, Math.min(SHOWN, data.test().size())).toArray();
                INDArray clean = data.test().images(shown);
                INDArray noisy = model.addNoise(clean, PICTURED, rng.stream("picture"));
                Figures.writePng(
                        Figures.triplets(clean, noisy, model.denoise(noisy, PICTURED)), out.resolve("denoised.png"));
            }
        }
        System.out.printf(
                "%nTrained in %.0f s, %.2g FLOPs. Wrote result.json, loss.csv, loss.png, %scheckpoint.safetensors to"
                        + " %s%n",
                seconds, spent, recipe.objective().tellsClean() ? "denoised.png, " : "", out.toAbsolutePath());
        return 0;
    }

    private Recipe recipe(ImageShape shape) {
        PatchPCA.Options tokenizer = net.tokenizer(shape);
        Augmentation augmentation = Augmentation.none().withShift(shift);
        Recipe paper = levels == Levels.single ? Recipe.singleLevel(tokenizer) : Recipe.latentDAE(tokenizer);
        return training.recipe(
                paper.withDenoiser(denoiser(tokenizer.grid(shape))),
                shape,
                flip ? augmentation.withFlip() : augmentation);
    }

    private Denoiser denoiser(TokenGrid grid) {
        return switch (network) {
            case vit -> net.denoiser();
            case unet -> UNet.tiny().withChannels(net.width() / 4).fitting(grid);
        };
    }

    private static String csv(double[] losses) {
        StringBuilder lines = new StringBuilder("step,loss\n");
        for (int i = 0; i < losses.length; i++) {
            lines.append(String.format(Locale.ROOT, "%d,%.9g\n", i + 1, losses[i]));
        }
        return lines.toString();
    }
}
