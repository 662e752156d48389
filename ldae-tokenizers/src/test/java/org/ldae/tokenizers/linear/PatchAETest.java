package org.ldae.tokenizers.linear;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.ldae.tokenizers.Refusal.assertRefused;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ldae.core.ImageShape;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.Dataset;
import org.ldae.data.FolderOptions;
import org.ldae.data.ImageSource;
import org.ldae.inference.Patches;
import org.ldae.tokenizers.LatentScale;
import org.ldae.tokenizers.Samples;
import org.ldae.training.Training;
import org.nd4j.linalg.api.ndarray.INDArray;

class PatchAETest {

    private static final int SIZE = 48;
    private final ImageSource source = Samples.source(Samples.walks(1000, new ImageShape(3, 8, 12)));

    @ParameterizedTest
    @ValueSource(ints = {1, 6, 16})
    void findsTheSubspaceOfPca(int dimension) {
        assertFindsPca(source, PatchAE.patch(4).dimension(dimension), 0.5);
    }

    @EnabledIfEnvironmentVariable(named = "LDAE_DATA", matches = ".+")
    @ParameterizedTest
    @ValueSource(ints = {8, 16, 32})
    void findsTheSubspaceOfPcaOnPhotographs(int dimension) throws IOException {
        ImageSource photographs = Dataset.folder(
                        Path.of(System.getenv("LDAE_DATA"), "eurosat-rgb"), FolderOptions.nativeSize())
                .train()
                .limit(500);
        assertFindsPca(photographs, PatchAE.patch(8).dimension(dimension), 0.5);
    }

    private static void assertFindsPca(ImageSource images, PatchAE.Options options, double degrees) {
        int d = options.dimension();
        PatchAE ae = PatchAE.fit(images, options, Rng.of(5), Progress.none());
        ImageSource training =
                options.training().heldOut().split(images, Rng.of(5)).training();
        PatchPCA pca = PatchPCA.fit(training, PatchPCA.patch(options.patch()).components(d));
        double[] basis = Samples.tensor(pca.tensors(), "basis").data().asDouble();
        double[] decoder = Samples.tensor(ae.tensors(), "decoder").data().asDouble();
        double[] encoder = Samples.tensor(ae.tensors(), "encoder").data().asDouble();
        // Components of nearly the last one's variance may take its place, as the held-out images prefer.
        double[] variances = pca.explainedVariance();
        int m = (int) Arrays.stream(variances)
                .filter(variance -> variance > 0.9 * variances[d - 1])
                .count();
        double angle = Subspaces.largestAngle(decoder, d, basis, m);
        assertTrue(angle < degrees, () -> "decoder at %s degrees from the leading %d".formatted(angle, m));
        double excess = ae.reconstructionError(training) / pca.reconstructionError(training) - 1;
        assertTrue(excess > -1e-5 && excess < 1e-3, () -> "PCA's error is the least; excess " + excess);
        PatchPCA all = PatchPCA.fit(images, PatchPCA.patch(options.patch()).components(d));
        assertEquals(1, ae.reconstructionError(images) / all.reconstructionError(images), 0.01);
        // At the optimum encoding is projection: V U^T = I.
        int size = basis.length / ae.grid().patchSize();
        for (int i = 0; i < d * d; i++) {
            double dot = 0;
            for (int j = 0; j < size; j++) {
                dot += encoder[i / d * size + j] * decoder[i % d * size + j];
            }
            assertEquals(i / d == i % d ? 1 : 0, dot, 0.02);
        }
    }

    @Test
    void filtersAreTheRowsOfTheEncoder() {
        PatchAE ae = fit(PatchAE.patch(4)
                .dimension(3)
                .withTraining(PatchAE.defaultTraining().withLength(150)));
        INDArray filters = ae.filters().orElseThrow();
        INDArray images = source.images(0, 1);
        INDArray rows = Patches.of(ae.grid()).patchify(images).reshape(12, SIZE);
        INDArray expected =
                rows.subRowVector(ae.mean()).mmul(filters.transpose()).mulRowVector(ae.scale());
        assertTrue(expected.reshape(2, 6, 3).equalsWithEps(ae.encode(images), 1e-4));
        filters.assign(0);
        assertTrue(ae.filters().orElseThrow().amaxNumber().doubleValue() > 0, "a copy");
    }

    @ParameterizedTest
    @ValueSource(strings = {"NONE", "GLOBAL", "PER_COMPONENT"})
    void theScaleIsThatOfTheTrainingPart(String name) {
        LatentScale scale = LatentScale.valueOf(name);
        Training brief = PatchAE.defaultTraining().withLength(150);
        PatchAE.Options options =
                PatchAE.patch(4).dimension(3).withTraining(brief).withScale(scale);
        PatchAE ae = fit(options);
        ImageSource training = brief.heldOut().split(source, Rng.of(5)).training();
        int[] all = new int[training.size()];
        Arrays.setAll(all, i -> i);
        INDArray latents = ae.encode(training.images(all)).reshape(6L * all.length, 3);
        double[] squares = latents.mul(latents).mean(0).data().asDouble();
        double[] means = latents.mean(0).data().asDouble();
        double mean = Arrays.stream(squares).average().orElseThrow();
        for (int k = 0; k < 3; k++) {
            assertEquals(0, means[k], 1e-3);
            assertEquals(
                    scale == LatentScale.NONE ? 1 : ae.scale().getFloat(k),
                    ae.scale().getFloat(k));
        }
        if (scale == LatentScale.GLOBAL) {
            assertEquals(1, mean, 1e-4);
        } else if (scale == LatentScale.PER_COMPONENT) {
            for (double square : squares) {
                assertEquals(1, square, 1e-4);
            }
        }
    }

    @Test
    void progressCountsImagesThenSteps() {
        List<Progress.Event> events = new ArrayList<>();
        PatchAE.Options options = PatchAE.patch(4)
                .dimension(3)
                .withTraining(PatchAE.defaultTraining().withLength(120));
        PatchAE.fit(source, options, Rng.of(5), events::add);
        assertEquals("patch moments", events.get(0).stage());
        Progress.Event last = events.get(events.size() - 1);
        assertEquals("fit PatchAE", last.stage());
        assertEquals(120, last.done());
        assertEquals(0, last.secondsLeft());
    }

    @Test
    void lossIsTheShareOfTheVarianceThatIsLeft() {
        List<Progress.Event> events = new ArrayList<>();
        PatchAE ae = PatchAE.fit(source, PatchAE.patch(4).dimension(6), Rng.of(5), events::add);
        ImageSource training =
                ae.options().training().heldOut().split(source, Rng.of(5)).training();
        double[] variances =
                PatchPCA.fit(training, PatchPCA.patch(4).components(6)).explainedVariance();
        double share = SIZE
                * ae.reconstructionError(training)
                / Arrays.stream(variances).sum();
        double loss =
                events.get(events.size() - 1).number(Progress.Quantity.LOSS).orElseThrow();
        assertEquals(share, loss, 2e-3 * share);
    }

    @Test
    void optionsCheckThemselves() {
        assertRefused(() -> PatchAE.patch(0).dimension(2), "patch", "0");
        assertRefused(() -> PatchAE.patch(4).dimension(-1), "dimension", "-1");
    }

    @Test
    void describesItself() {
        PatchAE ae = fit(PatchAE.patch(4)
                .dimension(3)
                .withTraining(PatchAE.defaultTraining().withLength(120)));
        assertTrue(ae.toString().contains("3 of 48 dimensions"), ae::toString);
    }

    private PatchAE fit(PatchAE.Options options) {
        return PatchAE.fit(source, options, Rng.of(5), Progress.none());
    }
}
