package org.ldae.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.ldae.baselines.PatchDictionary;
import org.ldae.compute.Backend;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.Dataset;
import org.ldae.data.ImageSource;
import org.ldae.evaluation.EncoderEvaluation;
import org.ldae.evaluation.EncoderEvaluation.Part;
import org.ldae.front.WhitenedFront;
import org.ldae.nn.Denoiser;
import org.ldae.noise.NoiseSchedule;
import org.ldae.probe.LinearProbe;
import org.ldae.probe.NearestNeighbours;
import org.ldae.probe.ProbeSolver;
import org.ldae.probe.Spectrum;
import org.ldae.sampling.FrechetDistance;
import org.ldae.sampling.Sampler;
import org.ldae.sampling.Samples;
import org.ldae.testing.NativeThreads;
import org.ldae.tokenizers.Tokenizer;
import org.ldae.tokenizers.linear.PatchPCA;
import org.ldae.training.Training;
import org.ldae.transformer.VisionTransformer;
import org.ldae.transformer.VisionTransformer.Conditioning;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Whatever the library is asked from a thread of one's own, it works there and on its workers: OpenMP starts no threads. */
class ThreadBudgetTest {

    private static final int IMAGES = 64;
    private static final VisionTransformer NET = new VisionTransformer(64, 2, 2, 1, 2, Conditioning.ADALN_ZERO, 8);
    private static final Rng RNG = Rng.of(1);

    private final INDArray pixels = normals(0.3f, IMAGES, 3, 32, 32);
    private final ImageSource images = ImageSource.of(pixels, labels(IMAGES), List.of("a", "b", "c", "d"));
    private final Map<String, Integer> started = new LinkedHashMap<>();

    private static INDArray normals(float scale, int... shape) {
        float[] numbers = new float[IntStream.of(shape).reduce(1, (a, b) -> a * b)];
        RNG.normals(numbers, 0, numbers.length);
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = Math.max(-1, Math.min(1, scale * numbers[i]));
        }
        return Nd4j.createFromArray(numbers).reshape('c', shape);
    }

    private static int[] labels(int count) {
        return IntStream.range(0, count).map(i -> i % 4).toArray();
    }

    @BeforeEach
    void onTheCpu() {
        assumeTrue(Backend.provider().name().equals("cpu"), "the portable kernels leave threads to ND4J");
    }

    private void ask(String what, Runnable work) {
        started.put(what, NativeThreads.startedBy(work));
    }

    private void assertNoneStarted() {
        started.values().removeIf(count -> count == 0);
        assertEquals(Map.of(), started);
    }

    private LatentDAE train(Denoiser net) {
        return Recipe.latentDAE(PatchPCA.patch(4).components(12))
                .withDenoiser(net)
                .withSchedule(NoiseSchedule.linear())
                .withTraining(Training.epochs(1).withBatchSize(32))
                .train(images, RNG, Progress.none());
    }

    @Test
    void tokenizersNetworksAndWhatReadsThemKeepToTheBudget() {
        Tokenizer pca = PatchPCA.patch(4).components(12).fit(images, RNG, Progress.none());
        ask("fit", () -> PatchPCA.patch(4).components(12).fit(images, RNG, Progress.none()));
        ask("encode and decode", () -> pca.decode(pca.encode(pixels)));
        ask("train behind a front", () -> train(WhitenedFront.of(NET)).close());
        ask("patch dictionary", () -> PatchDictionary.filters(20).fit(images, RNG));
        try (LatentDAE model = train(NET)) {
            ask("train", () -> train(NET).close());
            ask("represent", () -> model.represent(images));
            ask("denoise", () -> model.denoise(pixels, 0.3));
            Samples samples = Samples.of(model, Sampler.ddim(4));
            ask("sample", () -> samples.draw(40, RNG, Progress.none()));
            ask("sample like", () -> samples.startingLike(images).draw(40, RNG, Progress.none()));
            ask(
                    "evaluate",
                    () -> EncoderEvaluation.of("model", model)
                            .with(Part.HEALTH, Part.MAP)
                            .run(new Dataset(images, images), RNG, Progress.none()));
        }
        assertNoneStarted();
    }

    @Test
    void probesAndDistancesKeepToTheBudget() {
        int count = 3000;
        INDArray features = normals(1, count, 200);
        INDArray few = features.get(NDArrayIndex.interval(0, 100), NDArrayIndex.all());
        int[] labels = labels(count);
        Map<String, ProbeSolver> solvers = Map.of(
                "ridge", LinearProbe.ridge(),
                "logistic", LinearProbe.logistic(),
                "SGD", LinearProbe.sgd(),
                "whitened", LinearProbe.ridge().whitened());
        solvers.forEach((name, solver) -> ask(
                name, () -> solver.fit(features, labels, RNG, Progress.none()).scores(features)));
        ask("ridge, few rows", () -> LinearProbe.ridge().fit(few, Arrays.copyOf(labels, 100), RNG, Progress.none()));
        ask("neighbours", () -> NearestNeighbours.fit(features, labels).predict(features));
        ask("spectrum", () -> Spectrum.of(features));
        ask("Frechet distance", () -> FrechetDistance.between(features, few));
        assertNoneStarted();
    }
}
