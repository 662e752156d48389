package org.ldae.tokenizers.linear;

import static org.ldae.tokenizers.Refusal.assertRefused;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ldae.core.ImageShape;
import org.ldae.data.ImageSource;
import org.ldae.testing.Damaged;
import org.ldae.tokenizers.LatentScale;
import org.ldae.tokenizers.Samples;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class PatchPCAErrorsTest {

    private static final ImageShape SHAPE = new ImageShape(1, 8, 8);
    private final ImageSource source = Samples.source(Samples.walks(10, SHAPE));
    private final PatchPCA pca = PatchPCA.fit(source, PatchPCA.patch(4).components(5));

    @Test
    void aPatchMustDivideTheImage() {
        assertRefused(() -> PatchPCA.fit(source, PatchPCA.patch(3).components(2)), "patch", "3", "[1, 8, 8]");
    }

    @Test
    void componentsMustFitThePatch() {
        assertRefused(() -> PatchPCA.fit(source, PatchPCA.patch(4).components(17)), "components", "16", "17");
        assertRefused(() -> pca.withComponents(17), "components", "16", "17");
        assertRefused(() -> pca.withComponents(0), "components", "at least 1", "0");
        assertRefused(() -> pca.explainedVarianceRatio(17), "components", "16", "17");
    }

    @Test
    void optionsCheckThemselves() {
        assertRefused(() -> PatchPCA.patch(0).components(2), "patch", "0");
        assertRefused(() -> PatchPCA.patch(4).components(-1), "components", "-1");
        assertRefused(() -> PatchPCA.patch(4).components(2).withImages(0), "maxImages", "0");
    }

    @Test
    void thereMustBeMorePatchesThanComponents() {
        PatchPCA.Options options = PatchPCA.patch(4).components(4);
        assertRefused(() -> PatchPCA.fit(source.limit(1), options), "more than 4 patches", "got 4 from 1 images");
        assertRefused(() -> PatchPCA.fit(source, options.withImages(1)), "more than 4 patches", "got 4");
    }

    @ParameterizedTest
    @EnumSource
    void blankImagesAreRefusedAtEveryScale(LatentScale scale) {
        INDArray blank = Nd4j.valueArrayOf(new long[] {4, 1, 8, 8}, 0.3f, DataType.FLOAT);
        PatchPCA.Options options = PatchPCA.patch(4).components(2).withScale(scale);
        assertRefused(() -> PatchPCA.fit(Samples.source(blank), options), "images", "blank");
    }

    @Test
    void whiteningNeedsComponentsThatVary() {
        // The right half of every patch repeats the left: rank 8 of 16.
        INDArray half = Samples.walks(10, new ImageShape(1, 8, 2));
        INDArray images = Nd4j.concat(3, half, half, half, half);
        PatchPCA.Options options = PatchPCA.patch(4).components(8).withScale(LatentScale.PER_COMPONENT);
        PatchPCA white = PatchPCA.fit(Samples.source(images), options);
        assertRefused(() -> white.withComponents(9), "at most 8", "got 9", "LatentScale.GLOBAL");
        assertRefused(() -> PatchPCA.fit(Samples.source(images), options.withComponents(12)), "at most 8", "got 12");
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void pixelsMustBeFinite(float pixel) {
        assertRefused(
                () -> PatchPCA.fit(
                        new Damaged(source, 7, 17, pixel), PatchPCA.patch(4).components(2)),
                Float.toString(pixel),
                "position 17 of image 7");
    }

    @Test
    void encodeAndDecodeNameWrongShapes() {
        assertRefused(() -> pca.encode(Nd4j.create(DataType.FLOAT, 2, 1, 8, 4)), "images", "[N, 1, 8, 8]");
        assertRefused(() -> pca.encode(Nd4j.create(DataType.DOUBLE, 2, 1, 8, 8)), "images", "float32");
        assertRefused(() -> pca.encode(Nd4j.create(DataType.FLOAT, 1, 8, 8)), "images", "leading axis");
        assertRefused(() -> pca.decode(Nd4j.create(DataType.FLOAT, 2, 4, 6)), "latents", "[N, 4, 5]");
        ImageSource other = Samples.source(Samples.walks(2, new ImageShape(1, 4, 4)));
        assertRefused(() -> pca.reconstructionError(other), "[1, 8, 8]", "[1, 4, 4]");
    }

    @Test
    void restoreNamesWhatIsWrong() {
        Map<String, INDArray> tensors = new LinkedHashMap<>(pca.tensors());
        tensors.remove("basis");
        assertRefused(() -> PatchPCA.restore(pca.options(), SHAPE, tensors), "basis", "[16, 16]", "only");
        tensors.put("basis", pca.basis());
        assertRefused(() -> PatchPCA.restore(pca.options(), SHAPE, tensors), "basis", "float64", "FLOAT");
        Map<String, INDArray> sound = pca.tensors();
        assertRefused(() -> PatchPCA.restore(pca.options().withComponents(6), SHAPE, sound), "scale", "[6]", "[5]");
        assertRefused(() -> PatchPCA.restore(pca.options(), new ImageShape(3, 8, 8), sound), "mean", "[48]", "[16]");
        Map<String, INDArray> damaged = pca.tensors();
        Samples.tensor(damaged, "mean").putScalar(3, Double.NaN);
        assertRefused(() -> PatchPCA.restore(pca.options(), SHAPE, damaged), "mean", "finite");
        Map<String, INDArray> negative = pca.tensors();
        Samples.tensor(negative, "scale").putScalar(3, -1);
        assertRefused(() -> PatchPCA.restore(pca.options(), SHAPE, negative), "positive scale");
    }
}
