package org.ldae.tokenizers.linear;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.ldae.linalg.EigenSolver;
import org.ldae.tokenizers.LatentScale;
import org.ldae.tokenizers.Samples;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Against numpy; {@code src/test/python/patch_pca_golden.py} wrote the files. */
class PatchPCAGoldenTest {

    private static final int COMPONENTS = 4;
    private final INDArray images = Samples.golden("images");

    @ParameterizedTest
    @EnumSource
    void findsMeanEigenvaluesAndBasisOfNumpy(EigenSolver solver) {
        PatchPCA pca = fit(PatchPCA.patch(2).components(COMPONENTS).withSolver(solver));
        Map<String, INDArray> tensors = pca.tensors();
        assertClose(Samples.golden("mean"), Samples.tensor(tensors, "mean"), 1e-13);
        assertClose(Samples.golden("eigenvalues"), Samples.tensor(tensors, "eigenvalues"), 1e-13);
        assertClose(Samples.golden("basis"), Samples.tensor(tensors, "basis"), 1e-11);
        assertClose(Samples.golden("mean").castTo(DataType.FLOAT), pca.mean(), 1e-7);
        assertClose(Samples.golden("basis").castTo(DataType.FLOAT), pca.basis(), 1e-7);
    }

    @ParameterizedTest
    @EnumSource
    void encodesAndDecodesAsNumpyAtEveryScale(LatentScale scale) {
        PatchPCA pca = fit(PatchPCA.patch(2).components(COMPONENTS).withScale(scale));
        String name = switch (scale) {
            case NONE -> "latents-none";
            case GLOBAL -> "latents-global";
            case PER_COMPONENT -> "latents-per-component";
        };
        INDArray latents = pca.encode(images);
        assertClose(Samples.golden(name), latents, 2e-6);
        assertClose(Samples.golden("decoded"), pca.decode(latents), 1e-6);
    }

    private PatchPCA fit(PatchPCA.Options options) {
        return PatchPCA.fit(Samples.source(images), options);
    }

    private static void assertClose(INDArray expected, INDArray actual, double tolerance) {
        assertArrayEquals(expected.shape(), actual.shape());
        assertArrayEquals(
                expected.dup('c').data().asDouble(), actual.dup('c').data().asDouble(), tolerance);
    }
}
