package org.ldae.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.ldae.compute.Activation;
import org.ldae.core.ImageShape;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.core.TokenGrid;
import org.ldae.data.ImageSource;
import org.ldae.front.WhitenedFront;
import org.ldae.inference.Features;
import org.ldae.models.ClassLabels;
import org.ldae.models.LatentDAE;
import org.ldae.models.PlainEncoder;
import org.ldae.models.Recipe;
import org.ldae.noise.NoiseLevel;
import org.ldae.noise.NoiseSchedule;
import org.ldae.objective.Objective;
import org.ldae.objective.Space;
import org.ldae.probe.LinearProbe;
import org.ldae.tokenizers.conv.ConvVAE;
import org.ldae.tokenizers.linear.PatchAE;
import org.ldae.tokenizers.linear.PatchPCA;
import org.ldae.training.Training;
import org.ldae.transformer.MaskedTransformer;
import org.ldae.transformer.Variant;
import org.ldae.transformer.VisionTransformer;
import org.ldae.transformer.VisionTransformer.Conditioning;
import org.ldae.unet.UNet;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What onnxruntime computes against what this library computes, for batches of 1 and of 7. */
class OnnxModelTest {

    private static final double TOLERANCE = 1e-4;
    private static final ImageShape SHAPE = new ImageShape(2, 8, 12);
    private static final int COUNT = 7;
    private static final ImageSource IMAGES = images(40);

    @TempDir
    Path folder;

    private static ImageSource images(int count) {
        float[] pixels = new float[count * SHAPE.size()];
        Rng.of(3).normals(pixels, 0, pixels.length);
        int[] labels = new int[count];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (float) Math.tanh(pixels[i] + 0.3 * (i / SHAPE.size() % 3));
            labels[i / SHAPE.size()] = i / SHAPE.size() % 3;
        }
        INDArray array =
                Nd4j.createFromArray(pixels).reshape('c', count, SHAPE.channels(), SHAPE.height(), SHAPE.width());
        return ImageSource.of(array, labels, List.of("a", "b", "c"));
    }

    private static VisionTransformer network() {
        return new VisionTransformer(16, 2, 2, 1, 2, Conditioning.ADALN_ZERO, 8);
    }

    private static Recipe recipe() {
        return Recipe.latentDAE(PatchPCA.patch(4).components(6))
                .withDenoiser(network())
                .withTraining(Training.steps(20).withBatchSize(8).withRate(1e-2));
    }

    /** Tokens of two pixels a side, so that there are maps to halve. */
    private static Recipe unet() {
        return recipe().withTokenizer(PatchPCA.patch(2).components(6))
                .withDenoiser(new UNet(8, List.of(1, 2), 1, 2))
                .withInput(Space.LATENT)
                .withOutput(Space.LATENT, Objective.noise());
    }

    static Stream<Arguments> recipes() {
        Recipe latent = recipe().withInput(Space.LATENT).withOutput(Space.LATENT, Objective.noise());
        return Stream.of(
                Arguments.of("image in and out", recipe(), 0.5),
                Arguments.of("noise of latents", latent.withSchedule(NoiseSchedule.linear()), 0.7),
                Arguments.of(
                        "velocity, told classes",
                        latent.withSchedule(NoiseSchedule.cosine())
                                .withOutput(Space.LATENT, Objective.velocity())
                                .withLabels(ClassLabels.withDropout(0.2)),
                        0.3),
                Arguments.of("one level", recipe().withSchedule(NoiseSchedule.single(0.5)), 0.5),
                Arguments.of(
                        "a linear autoencoder, GELU by the error function",
                        latent.withTokenizer(PatchAE.patch(4).dimension(5).withTraining(Training.steps(5)))
                                .withOutput(Space.LATENT, Objective.latent())
                                .withDenoiser(network()
                                        .withVariant(Variant.none()
                                                .withActivation(Activation.GELU_ERF)
                                                .withEpsilon(1e-5))),
                        0.5),
                Arguments.of(
                        "a UNet, told classes",
                        unet().withSchedule(NoiseSchedule.cosine()).withLabels(ClassLabels.withDropout(0.2)),
                        0.7),
                Arguments.of(
                        "a UNet without attention, of images, blind",
                        unet().withDenoiser(new UNet(12, List.of(1, 1), 2, 0))
                                .withSchedule(NoiseSchedule.single(0.5))
                                .withInput(Space.IMAGE)
                                .withOutput(Space.IMAGE, Objective.originalImage()),
                        0.5));
    }

    private static LatentDAE trained(Recipe recipe) {
        return recipe.train(IMAGES, Rng.of(1), Progress.none());
    }

    private static float[] numbers(INDArray array) {
        return array.dup('c').data().asFloat();
    }

    private static INDArray some(int count) {
        return IMAGES.images(java.util.stream.IntStream.range(0, count).toArray());
    }

    private static void assertClose(String name, INDArray expected, float[] actual) {
        float[] numbers = numbers(expected);
        assertEquals(numbers.length, actual.length, name);
        double largest = 0;
        double worst = 0;
        for (int i = 0; i < actual.length; i++) {
            largest = Math.max(largest, Math.abs(numbers[i]));
            worst = Math.max(worst, Math.abs((double) numbers[i] - actual[i]));
        }
        double error = worst / largest;
        assertTrue(error <= TOLERANCE, () -> "%s: off by %.3g of the largest".formatted(name, error));
    }

    /** A model in onnxruntime. */
    private static final class Session implements AutoCloseable {
        private final OrtSession session;

        Session(byte[] model) throws OrtException {
            this.session = OrtEnvironment.getEnvironment().createSession(model);
        }

        float[] run(String output, INDArray images) throws OrtException {
            try (OnnxTensor input = OnnxTensor.createTensor(
                            OrtEnvironment.getEnvironment(), FloatBuffer.wrap(numbers(images)), images.shape());
                    OrtSession.Result result = session.run(Map.of("images", input))) {
                FloatBuffer numbers = ((OnnxTensor) result.get(output).orElseThrow()).getFloatBuffer();
                float[] array = new float[numbers.remaining()];
                numbers.get(array);
                return array;
            }
        }

        /** Predictions of the inputs that the model has. */
        float[] predicted(INDArray noised, float[] times, long[] labels) throws OrtException {
            OrtEnvironment environment = OrtEnvironment.getEnvironment();
            Map<String, OnnxTensor> inputs = new HashMap<>();
            try (OnnxTensor tokens =
                            OnnxTensor.createTensor(environment, FloatBuffer.wrap(numbers(noised)), noised.shape());
                    OnnxTensor time = OnnxTensor.createTensor(environment, times);
                    OnnxTensor label = OnnxTensor.createTensor(environment, labels)) {
                Map<String, OnnxTensor> known = Map.of("noised", tokens, "time", time, "label", label);
                session.getInputNames().forEach(name -> inputs.put(name, Objects.requireNonNull(known.get(name))));
                try (OrtSession.Result result = session.run(inputs)) {
                    FloatBuffer numbers = ((OnnxTensor) result.get("predicted").orElseThrow()).getFloatBuffer();
                    float[] array = new float[numbers.remaining()];
                    numbers.get(array);
                    return array;
                }
            }
        }

        long[] classes(INDArray images) throws OrtException {
            try (OnnxTensor input = OnnxTensor.createTensor(
                            OrtEnvironment.getEnvironment(), FloatBuffer.wrap(numbers(images)), images.shape());
                    OrtSession.Result result = session.run(Map.of("images", input))) {
                return (long[]) result.get("class").orElseThrow().getValue();
            }
        }

        @Override
        public void close() throws OrtException {
            session.close();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("recipes")
    void featuresAndTokensAreEqual(String name, Recipe recipe, double sigma) throws OrtException {
        Features pooled = Features.pooled().at(0.2);
        List<Features> all = List.of(
                pooled,
                Features.tokens().at(0.2),
                Features.pyramid(1, 2).after(1, 2).at(0.2));
        try (LatentDAE model = trained(recipe)) {
            for (Features features : all) {
                try (Session runtime =
                        new Session(OnnxModel.encoder(model, features).toBytes())) {
                    for (int count : new int[] {1, COUNT}) {
                        assertClose(
                                name + " " + features.name(),
                                model.represent(IMAGES.limit(count), features),
                                runtime.run("features", some(count)));
                    }
                }
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("recipes")
    void denoisedImagesAreEqual(String name, Recipe recipe, double sigma) throws OrtException {
        try (LatentDAE model = trained(recipe);
                Session runtime = new Session(OnnxModel.denoiser(model, sigma).toBytes())) {
            for (int count : new int[] {1, COUNT}) {
                INDArray noisy = model.addNoise(some(count), sigma, Rng.of(4));
                assertClose(name, model.denoise(noisy, sigma), runtime.run("denoised", noisy));
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("recipes")
    void networksToldTimesAndLabelsAreEqual(String name, Recipe recipe, double sigma) throws OrtException {
        try (LatentDAE model = trained(recipe);
                Session runtime = new Session(OnnxModel.network(model).toBytes())) {
            boolean labelled = recipe.labels().told();
            assertEquals(labelled, runtime.session.getInputNames().contains("label"));
            for (int count : new int[] {1, COUNT}) {
                INDArray noised = Nd4j.rand(
                        count, model.grid().tokens(), model.tokenizer().dimension());
                double[] times = new double[count];
                float[] told = new float[count];
                int[] labels = new int[count];
                long[] rows = new long[count];
                for (int i = 0; i < count; i++) {
                    times[i] = 0.1 + 0.8 * i / COUNT;
                    told[i] = (float) times[i];
                    rows[i] = i % 4 - 1L; // -1 for none
                    labels[i] = (int) rows[i];
                }
                INDArray expected = model.estimate(noised, times, labelled ? labels : new int[0]);
                assertClose(name, expected, clean(model, noised, times, runtime.predicted(noised, told, rows)));
            }
        }
    }

    /** Clean latents of what was predicted, as a sampler elsewhere has them. */
    private static float[] clean(LatentDAE model, INDArray noised, double[] times, float[] predicted) {
        if (model.recipe().output() == Space.IMAGE) {
            TokenGrid grid = model.grid();
            INDArray images = Nd4j.createFromArray(predicted)
                    .reshape(
                            'c',
                            times.length,
                            grid.rows(),
                            grid.columns(),
                            grid.patch(),
                            grid.patch(),
                            SHAPE.channels())
                    .permute(0, 5, 1, 3, 2, 4)
                    .dup('c')
                    .reshape('c', times.length, SHAPE.channels(), SHAPE.height(), SHAPE.width());
            return numbers(model.tokenizer().encode(images));
        }
        float[] clean = new float[predicted.length];
        float[] given = numbers(noised);
        for (int i = 0; i < clean.length; i++) {
            NoiseLevel.Conversion toClean = model.recipe()
                    .schedule()
                    .level(times[i / (clean.length / times.length)])
                    .convert(model.recipe().objective().quantity(), NoiseLevel.Quantity.CLEAN);
            clean[i] = (float) (toClean.onGiven() * predicted[i] + toClean.onNoised() * given[i]);
        }
        return clean;
    }

    @Test
    void classTokenLastNormAndLearntPositionsAreEqual() throws OrtException {
        Variant form = new Variant(true, true, true, Activation.GELU_ERF, 1e-6);
        VisionTransformer net = network().withConditioning(Conditioning.NONE);
        PlainEncoder.Sizes sizes = new PlainEncoder.Sizes(net.withVariant(form), new TokenGrid(SHAPE, 4));
        PlainEncoder.Sizes fixed =
                new PlainEncoder.Sizes(net.withVariant(form.withLearntPositions(false)), new TokenGrid(SHAPE, 4));
        for (PlainEncoder.Sizes each : List.of(sizes, fixed)) {
            for (Features features :
                    List.of(Features.classToken(), Features.pyramid(0, 1, 2).after(1, 2), Features.tokens())) {
                try (PlainEncoder encoder = PlainEncoder.untrained(each, IMAGES, Rng.of(1));
                        Session runtime =
                                new Session(OnnxModel.encoder(encoder, features).toBytes())) {
                    for (int count : new int[] {1, COUNT}) {
                        assertClose(
                                features.name(),
                                encoder.represent(IMAGES.limit(count), features),
                                runtime.run("features", some(count)));
                    }
                }
            }
        }
    }

    @Test
    void scoresAndClassesOfAProbeAreEqual() throws OrtException, IOException {
        Features features = Features.pyramid(1, 2).at(0.1);
        Path file = folder.resolve("classifier.onnx");
        try (LatentDAE model = trained(recipe());
                PlainEncoder encoder = model.plainEncoder(0.1)) {
            LinearProbe probe = LinearProbe.logistic()
                    .fit(encoder.represent(IMAGES, features), IMAGES.labels(), Rng.of(1), Progress.none());
            OnnxModel onnx = OnnxModel.classifier(encoder, features, probe, IMAGES.classNames());
            onnx.write(file);
            try (Session runtime = new Session(java.nio.file.Files.readAllBytes(file))) {
                for (int count : new int[] {1, COUNT}) {
                    INDArray read = encoder.represent(IMAGES.limit(count), features);
                    assertClose("scores", probe.scores(read), runtime.run("scores", some(count)));
                    long[] classes = runtime.classes(some(count));
                    assertArrayEquals(
                            java.util.Arrays.stream(probe.predict(read))
                                    .asLongStream()
                                    .toArray(),
                            classes);
                }
                Map<String, String> told = runtime.session.getMetadata().getCustomMetadata();
                assertEquals("[\"a\",\"b\",\"c\"]", told.get("ldae.classes"));
                assertEquals("2 8 12", told.get("ldae.image"));
                assertEquals(onnx.metadata(), told);
                assertEquals("ldae", runtime.session.getMetadata().getProducerName());
            }
            refused(
                    () -> OnnxModel.classifier(encoder, Features.pooled(), probe, IMAGES.classNames()),
                    "16 features and 3 classes",
                    "got 80 and 3");
        }
    }

    @Test
    void scoresOfAProbeOnAUNetAreEqual() throws OrtException {
        Features features = Features.pooled().after(2, 5).at(0.1);
        try (LatentDAE model = trained(unet())) {
            LinearProbe probe = LinearProbe.logistic()
                    .fit(model.represent(IMAGES, features), IMAGES.labels(), Rng.of(1), Progress.none());
            OnnxModel onnx = OnnxModel.classifier(model, features, probe, IMAGES.classNames());
            try (Session runtime = new Session(onnx.toBytes())) {
                for (int count : new int[] {1, COUNT}) {
                    INDArray read = model.represent(IMAGES.limit(count), features);
                    assertClose("scores", probe.scores(read), runtime.run("scores", some(count)));
                }
            }
        }
    }

    /** Features of an early block don't carry the weights of later ones along. */
    @Test
    void whatNoOutputNeedsIsLeftOut() {
        try (LatentDAE model = LatentDAE.untrained(unet(), IMAGES, Rng.of(1))) {
            Features all = Features.pooled().after(7);
            Features first = Features.pooled().after(1);
            assertTrue(OnnxModel.encoder(model, first).toBytes().length * 2
                    < OnnxModel.encoder(model, all).toBytes().length);
        }
    }

    @Test
    void theRecipeComesAlong() {
        try (LatentDAE model = LatentDAE.untrained(recipe(), IMAGES, Rng.of(1))) {
            String recipe = OnnxModel.denoiser(model, 0.5).metadata().get("ldae.recipe");
            assertEquals(model.recipe(), Recipe.fromJson(Objects.requireNonNull(recipe)));
            String read = OnnxModel.encoder(model, Features.pooled()).metadata().get("ldae.features");
            assertEquals("averaged", read);
        }
    }

    @Test
    void whatCannotBeExportedIsRefusedByName() {
        ImageSource square = ImageSource.of(Nd4j.rand(40, 2, 8, 8), new int[0], List.of());
        Recipe conv = Recipe.of(ConvVAE.factor(2)
                        .channels(2)
                        .withTraining(Training.steps(1).withBatchSize(8)))
                .withDenoiser(network());
        try (LatentDAE model = LatentDAE.untrained(conv, square, Rng.of(1))) {
            refused(() -> OnnxModel.encoder(model, Features.pooled()), "linear tokenizer", "ConvVAE");
            refused(() -> OnnxModel.denoiser(model, 0.5), "linear tokenizer", "ConvVAE");
            refused(() -> OnnxModel.network(model), "linear tokenizer", "ConvVAE");
        }
        Recipe masked = recipe().withDenoiser(MaskedTransformer.of(network()));
        try (LatentDAE model = LatentDAE.untrained(masked, IMAGES, Rng.of(1))) {
            refused(() -> OnnxModel.denoiser(model, 0.5), "vision transformer", "MaskedTransformer");
            refused(() -> OnnxModel.network(model), "vision transformer", "MaskedTransformer");
            assertTrue(OnnxModel.encoder(model, Features.pooled()).toBytes().length > 1000);
        }
        Recipe fronted = recipe().withDenoiser(WhitenedFront.of(network()));
        try (LatentDAE model = LatentDAE.untrained(fronted, IMAGES, Rng.of(1))) {
            refused(() -> OnnxModel.encoder(model, Features.pooled()), "vision transformer or a UNet", "WhitenedFront");
            refused(() -> OnnxModel.denoiser(model, 0.5), "vision transformer or a UNet", "WhitenedFront");
        }
        try (LatentDAE model = LatentDAE.untrained(recipe(), IMAGES, Rng.of(1))) {
            refused(() -> OnnxModel.encoder(model, Features.pooled().withNoise(1)), "clean input");
            refused(() -> OnnxModel.encoder(model, Features.pooled().mirrored()), "mirror image");
            refused(() -> OnnxModel.encoder(model, Features.classToken()), "class token");
            refused(() -> OnnxModel.encoder(model, Features.pooled().after(3)), "blocks from 1 to 2");
            refused(() -> OnnxModel.denoiser(model, 5), "5");
        }
        Recipe patches = recipe().withOutput(Space.IMAGE, Objective.normalisedPatches());
        try (LatentDAE model = LatentDAE.untrained(patches, IMAGES, Rng.of(1))) {
            refused(() -> OnnxModel.denoiser(model, 0.5), "tell the clean image", "NormalisedPatches");
        }
    }

    private static void refused(Executable call, String... parts) {
        String message = String.valueOf(
                assertThrows(IllegalArgumentException.class, call).getMessage());
        for (String part : parts) {
            assertTrue(message.contains(part), () -> "expected '" + part + "' in: " + message);
        }
    }
}
