package org.ldae.tokenizers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.ldae.tokenizers.Refusal.assertRefused;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ldae.compute.Backend;
import org.ldae.compute.Tensor;
import org.ldae.core.ImageShape;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;
import org.ldae.inference.Patches;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;
import org.ldae.tokenizers.linear.PatchAE;
import org.ldae.tokenizers.linear.PatchPCA;
import org.ldae.tokenizers.linear.PatchVAE;
import org.ldae.training.Training;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** What every tokenizer keeps to, whatever its kind. */
class TokenizerContractTest {

    private static final ImageShape SHAPE = new ImageShape(3, 12, 8);
    private static final int COUNT = 30;
    private static final INDArray IMAGES = Samples.walks(COUNT, SHAPE);
    private static final ImageSource SOURCE = Samples.source(IMAGES);
    private static final Training SHORT =
            PatchAE.patch(4).dimension(5).training().withLength(200);
    private static final Map<TokenizerOptions, Tokenizer> FITTED = new HashMap<>();

    static Stream<TokenizerOptions> options() {
        return Stream.of(
                PatchPCA.patch(4).components(5),
                PatchAE.patch(4).dimension(5).withTraining(SHORT),
                PatchVAE.patch(4).dimension(5).withTraining(SHORT));
    }

    static Stream<TokenizerOptions> trained() {
        return options().skip(1);
    }

    private static Tokenizer fitted(TokenizerOptions options) {
        return FITTED.computeIfAbsent(options, each -> each.fit(SOURCE, Rng.of(3), Progress.none()));
    }

    @ParameterizedTest
    @MethodSource("options")
    void mapsImagesToTokensAndBack(TokenizerOptions options) {
        Tokenizer tokenizer = fitted(options);
        assertEquals(options, tokenizer.options());
        assertEquals(5, tokenizer.dimension());
        assertEquals(options.grid(SHAPE), tokenizer.grid());
        INDArray latents = tokenizer.encode(IMAGES);
        assertArrayEquals(new long[] {COUNT, 6, 5}, latents.shape());
        assertEquals(DataType.FLOAT, latents.dataType());
        INDArray back = tokenizer.decode(latents);
        assertArrayEquals(IMAGES.shape(), back.shape());
        double squares = 0;
        float[] a = IMAGES.data().asFloat();
        float[] b = back.data().asFloat();
        for (int i = 0; i < a.length; i++) {
            squares += ((double) a[i] - b[i]) * ((double) a[i] - b[i]) / a.length;
        }
        assertEquals(squares, tokenizer.reconstructionError(SOURCE), 1e-6 * squares);
        double energy = Arrays.stream(IMAGES.data().asDouble())
                .map(x -> x * x)
                .average()
                .orElseThrow();
        assertTrue(squares < 0.3 * energy, () -> tokenizer + " explains too little");
    }

    @ParameterizedTest
    @MethodSource("options")
    void latentsAreCentredAndTogetherOfUnitVariance(TokenizerOptions options) {
        double[] latents = fitted(options).encode(IMAGES).data().asDouble();
        double mean = Arrays.stream(latents).average().orElseThrow();
        double square = Arrays.stream(latents).map(z -> z * z).average().orElseThrow();
        // The scale of trained tokenizers is that of their training part, nine tenths of the images.
        assertEquals(0, mean, 0.1);
        assertEquals(1, square, 0.1);
    }

    @ParameterizedTest
    @MethodSource("options")
    void encodesASourceAsAnArray(TokenizerOptions options) {
        Tokenizer tokenizer = fitted(options);
        assertEquals(tokenizer.encode(IMAGES), tokenizer.encode(SOURCE));
    }

    /** Images of which one takes several copies, in another number than there are threads. */
    @Test
    void encodesAndDecodesALargeArrayAsASourceOnAnyThreads() {
        INDArray images = Samples.walks(5, new ImageShape(3, 112, 112));
        PatchPCA pca = PatchPCA.fit(Samples.source(images), PatchPCA.patch(16).components(7));
        INDArray latents = pca.encode(images);
        assertTrue(latents.equalsWithEps(pca.encode(Samples.source(images)), 1e-5));
        INDArray decoded = pca.decode(latents);
        INDArray again = Backend.withThreads(1, () -> pca.decode(pca.encode(images)));
        assertTrue(decoded.equalsWithEps(again, 1e-6));
        INDArray one = pca.encode(images.get(NDArrayIndex.interval(4, 5)));
        assertTrue(one.equalsWithEps(latents.get(NDArrayIndex.interval(4, 5)), 1e-6));
    }

    @ParameterizedTest
    @MethodSource("options")
    void anImageDoesNotDependOnItsBatch(TokenizerOptions options) {
        Tokenizer tokenizer = fitted(options);
        INDArray together = tokenizer.encode(IMAGES);
        INDArray decoded = tokenizer.decode(together);
        for (int i = 0; i < COUNT; i += 7) {
            INDArray latents = tokenizer.encode(IMAGES.get(NDArrayIndex.interval(i, i + 1)));
            assertTrue(latents.equalsWithEps(together.get(NDArrayIndex.interval(i, i + 1)), 1e-6));
            assertTrue(tokenizer.decode(latents).equalsWithEps(decoded.get(NDArrayIndex.interval(i, i + 1)), 1e-6));
        }
    }

    @ParameterizedTest
    @MethodSource("options")
    void readsViewsAndFortranOrder(TokenizerOptions options) {
        Tokenizer tokenizer = fitted(options);
        INDArray latents = tokenizer.encode(IMAGES);
        assertEquals(latents, tokenizer.encode(IMAGES.dup('f')));
        assertEquals(
                latents, tokenizer.encode(IMAGES.permute(0, 2, 3, 1).dup('c').permute(0, 3, 1, 2)));
        assertEquals(tokenizer.decode(latents), tokenizer.decode(latents.dup('f')));
    }

    @ParameterizedTest
    @MethodSource("options")
    void threadsShareIt(TokenizerOptions options) {
        Tokenizer tokenizer = fitted(options);
        INDArray latents = tokenizer.encode(IMAGES);
        INDArray decoded = tokenizer.decode(latents);
        assertTrue(IntStream.range(0, 32)
                .parallel()
                .allMatch(i -> tokenizer.encode(IMAGES).equalsWithEps(latents, 1e-6)
                        && tokenizer.decode(latents).equalsWithEps(decoded, 1e-6)));
    }

    @ParameterizedTest
    @MethodSource("options")
    void theCodecOfATrainingStepDoesTheSame(TokenizerOptions options) {
        Tokenizer tokenizer = fitted(options);
        int size = tokenizer.grid().patchSize();
        float[] rows = Patches.of(tokenizer.grid()).patchify(IMAGES).data().asFloat();
        try (Parameters none = Parameters.layout().initialise(Rng.of(0));
                Workspace work = Workspace.inference(Backend.kernels(), none)) {
            Codec codec = tokenizer.codec(work, COUNT);
            Tensor patches = work.allocate(6 * COUNT, size);
            Tensor latents = work.allocate(6 * COUNT, 5);
            patches.put(rows);
            codec.encode(patches, latents);
            float[] encoded = tokenizer.encode(IMAGES).data().asFloat();
            assertArrayEquals(encoded, latents.toArray(), 1e-4f);
            codec.decode(latents, patches);
            float[] decoded = Patches.of(tokenizer.grid())
                    .patchify(tokenizer.decode(tokenizer.encode(IMAGES)))
                    .data()
                    .asFloat();
            assertArrayEquals(decoded, patches.toArray(), 1e-4f);
        }
    }

    @ParameterizedTest
    @MethodSource("options")
    void restoresFromItsTensorsExactly(TokenizerOptions options) {
        Tokenizer tokenizer = fitted(options);
        Map<String, INDArray> tensors = tokenizer.tensors();
        Tokenizer restored = options.restore(SHAPE, tensors);
        tensors.values().forEach(tensor -> tensor.assign(0));
        INDArray latents = tokenizer.encode(IMAGES);
        assertEquals(latents, restored.encode(IMAGES));
        assertEquals(tokenizer.decode(latents), restored.decode(latents));
        assertEquals(tokenizer.tensors(), restored.tensors());
        assertEquals(tokenizer.toString(), restored.toString());
    }

    @ParameterizedTest
    @MethodSource("options")
    void restoreNamesWhatIsWrong(TokenizerOptions options) {
        Map<String, INDArray> sound = fitted(options).tensors();
        for (String name : sound.keySet()) {
            Map<String, INDArray> missing = new LinkedHashMap<>(sound);
            missing.remove(name);
            assertRefused(() -> options.restore(SHAPE, missing), name, "only");
            Map<String, INDArray> damaged = fitted(options).tensors();
            Samples.tensor(damaged, name).putScalar(0, Double.NaN);
            assertRefused(() -> options.restore(SHAPE, damaged), name, "finite");
            Map<String, INDArray> single = new LinkedHashMap<>(sound);
            single.put(name, Samples.tensor(sound, name).castTo(DataType.FLOAT));
            assertRefused(() -> options.restore(SHAPE, single), name, "float64", "FLOAT");
        }
        assertRefused(() -> options.withDimension(6).restore(SHAPE, sound), "[6", "[5");
        assertRefused(() -> options.restore(new ImageShape(1, 12, 8), sound), "[16]", "[48]");
        assertRefused(() -> options.withDimension(49).restore(SHAPE, sound), "48", "49");
        assertRefused(() -> options.restore(new ImageShape(3, 12, 10), sound), "patch", "[3, 12, 10]");
    }

    @ParameterizedTest
    @MethodSource("options")
    void imagesAndLatentsOfOtherShapesAreRefused(TokenizerOptions options) {
        Tokenizer tokenizer = fitted(options);
        assertRefused(() -> tokenizer.encode(Nd4j.create(DataType.FLOAT, 2, 1, 12, 8)), "images", "[N, 3, 12, 8]");
        assertRefused(() -> tokenizer.encode(Nd4j.create(DataType.FLOAT, 2, 3, 8, 8)), "images", "[N, 3, 12, 8]");
        assertRefused(() -> tokenizer.encode(Nd4j.create(DataType.DOUBLE, 2, 3, 12, 8)), "images", "float32");
        assertRefused(() -> tokenizer.decode(Nd4j.create(DataType.FLOAT, 2, 6, 4)), "latents", "[N, 6, 5]");
        ImageSource other = Samples.source(Samples.walks(2, new ImageShape(3, 8, 8)));
        assertRefused(() -> tokenizer.reconstructionError(other), "[3, 12, 8]", "[3, 8, 8]");
    }

    @ParameterizedTest
    @MethodSource("options")
    void optionsThatDoNotFitTheImagesAreRefused(TokenizerOptions options) {
        assertRefused(() -> fit(options.withDimension(49), SOURCE), "48", "49");
        assertRefused(() -> options.withDimension(0), "at least 1", "0");
        ImageSource odd = Samples.source(Samples.walks(4, new ImageShape(3, 12, 10)));
        assertRefused(() -> fit(options, odd), "patch", "[3, 12, 10]");
        INDArray blank = Nd4j.valueArrayOf(new long[] {9, 3, 12, 8}, 0.3f, DataType.FLOAT);
        assertRefused(() -> fit(options, Samples.source(blank)), "images", "blank");
    }

    @ParameterizedTest
    @MethodSource("trained")
    void aFitIsAFunctionOfItsKey(TokenizerOptions options) {
        assertEquals(
                fitted(options).tensors(),
                options.fit(SOURCE, Rng.of(3), Progress.none()).tensors());
        assertNotEquals(
                fitted(options).tensors(),
                options.fit(SOURCE, Rng.of(4), Progress.none()).tensors());
    }

    @ParameterizedTest
    @MethodSource("trained")
    void anInterruptEndsTheFit(TokenizerOptions options) {
        Thread.currentThread().interrupt();
        assertThrows(CancellationException.class, () -> fit(options, SOURCE));
        assertTrue(Thread.interrupted());
    }

    @ParameterizedTest
    @MethodSource("trained")
    void oneImageIsTooFew(TokenizerOptions options) {
        assertRefused(() -> fit(options, SOURCE.limit(1)), "at least 2", "got 1");
    }

    @Test
    void aFitThatDivergesSaysWhere() {
        Training wild = SHORT.withRate(1e30);
        for (TokenizerOptions options : new TokenizerOptions[] {
            PatchAE.patch(4).dimension(5).withTraining(wild),
            PatchVAE.patch(4).dimension(5).withTraining(wild)
        }) {
            String message = String.valueOf(assertThrows(IllegalStateException.class, () -> fit(options, SOURCE))
                    .getMessage());
            assertTrue(message.contains("fit Patch") && message.contains("at step"), message);
        }
    }

    private static void fit(TokenizerOptions options, ImageSource images) {
        options.fit(images, Rng.of(3), Progress.none());
    }
}
