package org.ldae.tokenizers.linear;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ldae.compute.Backend;
import org.ldae.core.ImageShape;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;
import org.ldae.inference.Patches;
import org.ldae.tokenizers.LatentScale;
import org.ldae.tokenizers.Samples;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class PatchPCATest {

    private static final ImageShape SHAPE = new ImageShape(3, 12, 8);
    private static final int SIZE = 48;
    private final INDArray images = Samples.walks(30, SHAPE);
    private final ImageSource source = Samples.source(images);
    private final PatchPCA pca = PatchPCA.fit(source, PatchPCA.patch(4).components(10));

    @Test
    void hasTheShapesOfATokenizer() {
        assertEquals(10, pca.dimension());
        assertEquals(6, pca.grid().tokens());
        INDArray latents = pca.encode(images);
        assertArrayEquals(new long[] {30, 6, 10}, latents.shape());
        assertEquals(DataType.FLOAT, latents.dataType());
        INDArray decoded = pca.decode(latents);
        assertArrayEquals(images.shape(), decoded.shape());
        assertEquals('c', decoded.ordering());
    }

    @Test
    void basisIsOrthonormalInDouble() {
        INDArray basis = Samples.tensor(pca.tensors(), "basis");
        INDArray product = basis.mmul(basis.transpose());
        INDArray error = product.sub(Nd4j.eye(SIZE).castTo(DataType.DOUBLE));
        assertEquals(0, error.amaxNumber().doubleValue(), 1e-12);
    }

    /** Float32 sums of mean and patch cancelled: latents were off by 0.02 deviations at 0.999. */
    @ParameterizedTest
    @ValueSource(doubles = {0, 0.5, 0.999, -0.999})
    void latentsAreExactHoweverFarTheMeanIsFromZero(double level) {
        ImageSource bright = Samples.source(images.mul(2e-4).add(level));
        PatchPCA fitted = PatchPCA.fit(bright, PatchPCA.patch(4).components(10));
        INDArray all = bright.images(IntStream.range(0, 30).toArray());
        INDArray centred = Patches.of(fitted.grid())
                .patchify(all)
                .reshape('c', 180, SIZE)
                .castTo(DataType.DOUBLE)
                .subRowVector(Samples.tensor(fitted.tensors(), "mean"));
        INDArray basis =
                Samples.tensor(fitted.tensors(), "basis").get(NDArrayIndex.interval(0, 10), NDArrayIndex.all());
        INDArray exact = centred.mmul(basis.transpose()).mulRowVector(Samples.tensor(fitted.tensors(), "scale"));
        INDArray latents = fitted.encode(all).reshape('c', 180, 10).castTo(DataType.DOUBLE);
        assertEquals(0, latents.sub(exact).amaxNumber().doubleValue(), 1e-3);
    }

    @ParameterizedTest
    @EnumSource
    void allComponentsGiveTheImagesBack(LatentScale scale) {
        PatchPCA full = PatchPCA.fit(source, PatchPCA.patch(4).components(SIZE).withScale(scale));
        assertTrue(images.equalsWithEps(full.decode(full.encode(images)), 1e-5));
        assertEquals(0, full.reconstructionError(source), 1e-12);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 40})
    void reconstructionErrorIsTheDroppedVariance(int components) {
        PatchPCA cut = pca.withComponents(components);
        double[] variances = cut.explainedVariance();
        double dropped = Arrays.stream(variances, components, SIZE).sum() / SIZE;
        assertEquals(dropped, cut.reconstructionError(source), 1e-5 * dropped);
        double kept = Arrays.stream(variances, 0, components).sum() / SIZE;
        assertEquals(kept / (kept + dropped), cut.explainedVarianceRatio(components), 1e-12);
    }

    @Test
    void globalScaleGivesAllLatentsTogetherUnitVariance() {
        double[] latents = pca.encode(images).data().asDouble();
        assertEquals(0, Arrays.stream(latents).average().orElseThrow(), 1e-5);
        assertEquals(1, Arrays.stream(latents).map(z -> z * z).average().orElseThrow(), 1e-5);
        float[] scale = pca.scale().data().asFloat();
        assertEquals(10, scale.length);
        assertTrue(IntStream.range(0, 10).allMatch(i -> scale[i] == scale[0]));
    }

    @Test
    void scalePerComponentWhitens() {
        PatchPCA white = PatchPCA.fit(source, PatchPCA.patch(4).components(10).withScale(LatentScale.PER_COMPONENT));
        INDArray rows = white.encode(images).reshape(180, 10).castTo(DataType.DOUBLE);
        INDArray covariance = rows.transpose().mmul(rows).divi(180);
        INDArray error = covariance.sub(Nd4j.eye(10).castTo(DataType.DOUBLE));
        assertEquals(0, error.amaxNumber().doubleValue(), 1e-5);
    }

    @Test
    void noScaleKeepsLengths() {
        PatchPCA plain = PatchPCA.fit(source, PatchPCA.patch(4).components(SIZE).withScale(LatentScale.NONE));
        double[] latents = plain.encode(images).data().asDouble();
        double variance = Arrays.stream(plain.explainedVariance()).sum() / SIZE;
        assertEquals(variance, Arrays.stream(latents).map(z -> z * z).average().orElseThrow(), 1e-5 * variance);
        assertEquals(Nd4j.ones(DataType.FLOAT, SIZE), plain.scale());
    }

    @Test
    void anImageDoesNotDependOnItsBatch() {
        INDArray together = pca.encode(images);
        INDArray decoded = pca.decode(together);
        for (int i = 0; i < 30; i += 7) {
            INDArray latents = pca.encode(images.get(NDArrayIndex.interval(i, i + 1)));
            assertTrue(latents.equalsWithEps(together.get(NDArrayIndex.interval(i, i + 1)), 1e-6));
            assertTrue(pca.decode(latents).equalsWithEps(decoded.get(NDArrayIndex.interval(i, i + 1)), 1e-6));
        }
    }

    @Test
    void manyBlocksEqualOne() {
        ImageShape large = new ImageShape(3, 64, 64);
        INDArray many = Samples.walks(50, large);
        PatchPCA fitted = PatchPCA.fit(Samples.source(many), PatchPCA.patch(4).components(5));
        INDArray latents = fitted.encode(many);
        INDArray last = fitted.encode(many.get(NDArrayIndex.interval(49, 50)));
        assertTrue(last.equalsWithEps(latents.get(NDArrayIndex.interval(49, 50)), 1e-5));
        double dropped = Arrays.stream(fitted.explainedVariance(), 5, SIZE).sum() / SIZE;
        assertEquals(dropped, fitted.reconstructionError(Samples.source(many)), 1e-4 * dropped);
    }

    @Test
    void readsViewsAndFortranOrder() {
        INDArray latents = pca.encode(images);
        assertEquals(latents, pca.encode(images.dup('f')));
        assertEquals(latents, pca.encode(images.permute(0, 2, 3, 1).dup('c').permute(0, 3, 1, 2)));
        INDArray wide = Nd4j.concat(3, images, images);
        assertEquals(
                latents,
                pca.encode(wide.get(
                        NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.interval(8, 16))));
        assertEquals(pca.decode(latents), pca.decode(latents.dup('f')));
    }

    @Test
    void threadsShareIt() {
        INDArray expected = pca.encode(images);
        boolean equal = IntStream.range(0, 64)
                .parallel()
                .allMatch(i -> pca.encode(images).equalsWithEps(expected, 1e-6)
                        && pca.decode(expected).equalsWithEps(pca.decode(expected), 1e-6));
        assertTrue(equal);
    }

    @Test
    void accessorsAreCopies() {
        INDArray before = pca.encode(images);
        pca.mean().assign(5);
        pca.basis().assign(5);
        pca.scale().assign(5);
        pca.explainedVariance()[0] = 5;
        pca.tensors().values().forEach(tensor -> tensor.assign(5));
        assertEquals(before, pca.encode(images));
        assertEquals(before, pca.withComponents(10).encode(images));
    }

    @Test
    void accessorsDefineTheLatents() {
        INDArray rows = Patches.of(pca.grid()).patchify(images).reshape(180, SIZE);
        INDArray leading = pca.basis().get(NDArrayIndex.interval(0, 10), NDArrayIndex.all());
        INDArray expected =
                rows.subRowVector(pca.mean()).mmul(leading.transpose()).mulRowVector(pca.scale());
        assertTrue(expected.reshape(30, 6, 10).equalsWithEps(pca.encode(images), 1e-5));
    }

    /** Products of some rows of patches each, the last of fewer; and many images in one product. */
    @ParameterizedTest
    @CsvSource({"3, 384, 368, 16, 2", "1, 1040, 520, 8, 1", "3, 16, 8, 4, 700"})
    void imagesOfAnySizeGoThroughTheSameMaps(int channels, int height, int width, int patch, int count) {
        ImageShape shape = new ImageShape(channels, height, width);
        INDArray many = Samples.walks(count, shape);
        PatchPCA fitted =
                PatchPCA.fit(Samples.source(many), PatchPCA.patch(patch).components(9));
        int size = fitted.grid().patchSize();
        INDArray rows = Patches.of(fitted.grid()).patchify(many).reshape(-1, size);
        INDArray leading = fitted.basis().get(NDArrayIndex.interval(0, 9), NDArrayIndex.all());
        INDArray latents =
                rows.subRowVector(fitted.mean()).mmul(leading.transpose()).mulRowVector(fitted.scale());
        INDArray encoded = fitted.encode(many);
        assertTrue(latents.reshape(encoded.shape()).equalsWithEps(encoded, 1e-4));
        INDArray back = latents.divRowVector(fitted.scale()).mmul(leading).addRowVector(fitted.mean());
        INDArray decoded = Patches.of(fitted.grid()).patchify(fitted.decode(encoded));
        assertTrue(back.reshape(decoded.shape()).equalsWithEps(decoded, 1e-4));
    }

    @Test
    void anotherNumberOfComponentsEqualsAnotherFit() {
        PatchPCA refitted = PatchPCA.fit(source, PatchPCA.patch(4).components(3));
        PatchPCA recut = pca.withComponents(3);
        assertEquals(refitted.options(), recut.options());
        assertTrue(refitted.encode(images).equalsWithEps(recut.encode(images), 1e-5));
        assertNotEquals(
                pca.scale().getDouble(0), recut.scale().getDouble(0), "the global scale follows the kept components");
    }

    @Test
    void restoresFromItsTensors() {
        Map<String, INDArray> tensors = pca.tensors();
        assertEquals(java.util.Set.of("mean", "basis", "eigenvalues", "scale"), tensors.keySet());
        PatchPCA restored = PatchPCA.restore(pca.options(), SHAPE, tensors);
        tensors.values().forEach(tensor -> tensor.assign(0));
        assertEquals(pca.encode(images), restored.encode(images));
        assertEquals(pca.decode(pca.encode(images)), restored.decode(pca.encode(images)));
        assertEquals(pca.tensors(), restored.tensors());
        assertEquals(pca.options(), restored.options());
        assertArrayEquals(pca.explainedVariance(), restored.explainedVariance());
    }

    @Test
    void fitsOnSomeOfTheImagesBySeed() {
        PatchPCA.Options some = PatchPCA.patch(4).components(10).withImages(12);
        double[] once = PatchPCA.fit(source, some).explainedVariance();
        assertArrayEquals(once, PatchPCA.fit(source, some).explainedVariance());
        double[] otherSeed =
                PatchPCA.fit(source, some, Rng.of(6), Progress.none()).explainedVariance();
        assertNotEquals(once[0], otherSeed[0]);
        assertArrayEquals(
                pca.explainedVariance(),
                PatchPCA.fit(source, some.withImages(30)).explainedVariance(),
                "all images, whatever the seed");
    }

    @Test
    void fewerPatchesThanDimensionsStillGiveAFullBasis() {
        // Five images of six patches: the covariance of 30 patches in 48 dimensions has rank 29.
        ImageSource few = source.limit(5);
        PatchPCA degenerate = PatchPCA.fit(few, PatchPCA.patch(4).components(29));
        double[] variances = degenerate.explainedVariance();
        assertTrue(variances[28] > 1e-9 && variances[29] < 1e-12 && variances[SIZE - 1] >= 0);
        assertEquals(0, degenerate.reconstructionError(few), 1e-10);
        INDArray basis = Samples.tensor(degenerate.tensors(), "basis");
        INDArray error = basis.mmul(basis.transpose()).sub(Nd4j.eye(SIZE).castTo(DataType.DOUBLE));
        assertEquals(0, error.amaxNumber().doubleValue(), 1e-12);
    }

    @Test
    void largePatchesKeepTheSameLaws() {
        ImageShape large = new ImageShape(3, 32, 32);
        ImageSource many = Samples.source(Samples.walks(60, large));
        PatchPCA wide = PatchPCA.fit(many, PatchPCA.patch(8).components(32));
        double dropped = Arrays.stream(wide.explainedVariance(), 32, 192).sum() / 192;
        assertEquals(dropped, wide.reconstructionError(many), 1e-4 * dropped);
        INDArray basis = Samples.tensor(wide.tensors(), "basis");
        INDArray error = basis.mmul(basis.transpose()).sub(Nd4j.eye(192).castTo(DataType.DOUBLE));
        assertEquals(0, error.amaxNumber().doubleValue(), 1e-12);
    }

    @Test
    void theFitDoesNotDependOnTheThreads() {
        ImageSource many = Samples.source(Samples.walks(60, new ImageShape(3, 32, 32)));
        PatchPCA.Options options = PatchPCA.patch(8).components(32);
        PatchPCA alone = Backend.withThreads(1, () -> PatchPCA.fit(many, options));
        PatchPCA together = Backend.withThreads(4, () -> PatchPCA.fit(many, options));
        for (String name : alone.tensors().keySet()) {
            assertArrayEquals(
                    Samples.tensor(alone.tensors(), name).data().asDouble(),
                    Samples.tensor(together.tensors(), name).data().asDouble(),
                    name);
        }
        assertArrayEquals(alone.explainedVariance(), together.explainedVariance());
    }

    @Test
    void describesItself() {
        assertTrue(pca.toString().contains("10 of 48 components"), pca::toString);
    }
}
