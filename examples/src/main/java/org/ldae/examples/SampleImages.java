package org.ldae.examples;

import com.google.gson.JsonParser;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.ldae.core.ImageShape;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.Dataset;
import org.ldae.data.ImageSource;
import org.ldae.figures.Figures;
import org.ldae.figures.GridOptions;
import org.ldae.models.ClassLabels;
import org.ldae.models.LatentDAE;
import org.ldae.models.Recipe;
import org.ldae.noise.NoiseSchedule;
import org.ldae.objective.Objective;
import org.ldae.objective.Space;
import org.ldae.perceptual.FeatureNet;
import org.ldae.sampling.FeatureExtractor;
import org.ldae.sampling.FrechetDistance;
import org.ldae.sampling.Sampler;
import org.ldae.sampling.Samples;
import org.ldae.tokenizers.linear.PatchPCA;
import org.ldae.training.Training;
import org.ldae.transformer.VisionTransformer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Trains a class-conditional diffusion model on PCA latents, draws images of every class and measures how far off they are. */
@Command(
        name = "SampleImages",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Trains a class-conditional diffusion model on PCA latents and draws images of every class.",
        footer = {"", "Example: ${COMMAND-FULL-NAME} --data cifar10:data --download --epochs 30 --guidance 2"})
public final class SampleImages implements Callable<Integer> {

    private static final int SHOWN = 10;

    @ArgGroup(validate = false, heading = "%nImages:%n")
    private ImageData.Option dataOption = new ImageData.Option();

    @Option(names = "--checkpoint", description = "Sample from this model instead of training one.")
    private @Nullable Path checkpoint;

    @Option(names = "--epochs", description = "Passes over the training images (default: ${DEFAULT-VALUE}).")
    private int epochs = 12;

    @Option(names = "--width", description = "Width of the network, a multiple of 32 (default: ${DEFAULT-VALUE}).")
    private int width = 128;

    @Option(names = "--depth", description = "Blocks of the network (default: ${DEFAULT-VALUE}).")
    private int depth = 4;

    @Option(names = "--steps", description = "Steps of the sampler (default: ${DEFAULT-VALUE}).")
    private int steps = 50;

    @Option(
            names = "--guidance",
            description = "Scale of classifier-free guidance, 1 for none (default: ${DEFAULT-VALUE}).")
    private double guidance = 1.5;

    @Option(names = "--samples", description = "Images of each set that is compared (default: ${DEFAULT-VALUE}).")
    private int count = 1000;

    @Option(
            names = "--feature-steps",
            description = "Training steps of the net that gives the features (default: ${DEFAULT-VALUE}).")
    private int featureSteps = 400;

    @Option(names = "--seed", description = "Seed of the run (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(names = "--out", description = "Folder for results (default: ${DEFAULT-VALUE}).")
    private Path out = Path.of("out", "sample-images");

    SampleImages() {}

    /**
     * Runs the example.
     *
     * @param args see {@code --help}
     */
    public static void main(String[] args) {
        Cli.main(new SampleImages(), args);
    }

    @Override
    public Integer call() throws IOException {
        // 1. Images with labels.
        Dataset data = dataOption.load().requireProbeable().images();
        return Cli.writing(out, () -> run(data));
    }

    private int run(Dataset data) throws IOException {
        Rng rng = Rng.of(seed);

        // 2. A diffusion model on PCA latents: told classes, but not of every tenth image, so that it can be guided.
        long began = System.nanoTime();
        try (LatentDAE model = checkpoint != null
                ? LatentDAE.load(checkpoint)
                : recipe(data.train().shape()).train(data.train(), rng, Progress.console())) {
            double seconds = (System.nanoTime() - began) / 1e9;
            if (checkpoint == null) {
                model.save(out.resolve("model.safetensors"));
            }

            // 3. Draw: as many images of each class.
            Sampler sampler = Sampler.dpmSolver(steps);
            boolean guided = model.recipe().labels().dropout() > 0;
            Samples samples =
                    Samples.of(model, sampler).startingLike(data.train()).withGuidance(guided ? guidance : 1);
            began = System.nanoTime();
            INDArray drawn = draw(samples, model.classNames().size(), rng);
            double drawing = (System.nanoTime() - began) / 1e9;

            // 4. Look at them.
            Figures.writePng(picture(drawn, model.classNames()), out.resolve("samples.png"));

            // 5. How far they are from test images, beside what is as near as can be (training images) and what isn't.
            Map<String, Object> result = new LinkedHashMap<>(distances(data, drawn, rng));

            // 6. Keep the numbers with all that is needed to get them again.
            result.put("samples", (int) drawn.size(0));
            result.put("sampler", sampler.toString());
            result.put("guidance", guided ? guidance : 1);
            result.put("seconds.train", checkpoint == null ? seconds : 0);
            result.put("seconds.sample", drawing);
            result.put("parameters", model.parameterCount());
            result.put("seed", seed);
            result.put("recipe", JsonParser.parseString(model.recipe().toJson()));
            result.put("provenance", JsonParser.parseString(model.provenance().toJson()));
            Cli.writeJson(out.resolve("result.json"), result);
        }
        System.out.printf("%nWrote result.json and samples.png to %s%n", out.toAbsolutePath());
        return 0;
    }

    private Recipe recipe(ImageShape shape) {
        int side = Math.max(shape.height(), shape.width());
        PatchPCA.Options tokenizer =
                PatchPCA.patch(side == 28 ? 7 : side <= 64 ? 8 : 16).components(shape.channels() == 1 ? 24 : 48);
        return Recipe.latentDAE(tokenizer)
                .withSchedule(NoiseSchedule.cosine())
                .withInput(Space.LATENT)
                .withOutput(Space.LATENT, Objective.velocity())
                .withDenoiser(VisionTransformer.tiny()
                        .withWidth(width, Math.max(1, width / 32))
                        .withBlocks((depth + 1) / 2, depth / 2))
                .withLabels(ClassLabels.withDropout(0.1))
                .withTraining(Training.epochs(epochs).withBatchSize(64).withRate(1e-3));
    }

    /** Images of class 0, 1, ... K - 1, 0, 1 and so on; of any class if the model is told none. */
    private INDArray draw(Samples samples, int classes, Rng rng) {
        if (classes == 0) {
            return samples.draw(count, rng.stream("samples"), Progress.console());
        }
        int[] labels = new int[count];
        Arrays.setAll(labels, i -> i % classes);
        return samples.draw(labels, rng.stream("samples"), Progress.console());
    }

    private static BufferedImage picture(INDArray drawn, List<String> classNames) {
        int classes = Math.max(1, classNames.size());
        int columns = Math.toIntExact(Math.min(SHOWN, drawn.size(0) / classes));
        List<INDArray> rows = new ArrayList<>();
        for (int k = 0; k < Math.min(classes, drawn.size(0)); k++) {
            int last = k + Math.max(0, columns - 1) * classes + 1;
            rows.add(drawn.get(NDArrayIndex.interval(k, classes, last)).dup('c'));
        }
        return Figures.grid(
                rows, GridOptions.plain().withRows(classNames.subList(0, Math.min(rows.size(), classNames.size()))));
    }

    /** Frechet distances to test images, on the features of a net trained on the training images' labels. */
    private Map<String, Double> distances(Dataset data, INDArray drawn, Rng rng) {
        FeatureNet.Options options = FeatureNet.small();
        options = options.withTraining(options.training().withLength(featureSteps));
        Map<String, Double> distances = new LinkedHashMap<>();
        try (FeatureNet net = FeatureNet.fit(data.train(), options, rng.stream("features"), Progress.console())) {
            FeatureExtractor extractor = FeatureExtractor.pooled(net);
            ImageSource test = data.test().limit(count);
            INDArray reference = extractor.features(test);
            float[] noise = new float[Math.toIntExact(drawn.length())];
            rng.stream("noise").normals(noise, 0, noise.length);
            Map<String, ImageSource> sets = new LinkedHashMap<>();
            sets.put("train", data.train().limit(count));
            sets.put("samples", source(drawn));
            sets.put("noise", source(Nd4j.createFromArray(noise).reshape('c', drawn.shape())));
            System.out.printf("%nFrechet distance to %d test images, on the features of a FeatureNet%n", test.size());
            sets.forEach((name, images) -> {
                double distance = FrechetDistance.between(reference, extractor.features(images));
                System.out.printf("%-8s %10.4f%n", name, distance);
                distances.put("frechet." + name, distance);
            });
            distances.put("featureNet.accuracy", net.accuracy(test));
        }
        return distances;
    }

    private static ImageSource source(INDArray images) {
        return ImageSource.of(images, new int[0], List.of());
    }
}
