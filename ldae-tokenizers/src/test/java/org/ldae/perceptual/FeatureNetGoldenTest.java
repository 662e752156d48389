package org.ldae.perceptual;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ldae.compute.Backend;
import org.ldae.compute.Kernels;
import org.ldae.compute.MapShape;
import org.ldae.compute.Tensor;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;
import org.ldae.nn.Workspace;
import org.ldae.nn.conv.ImageRows;
import org.ldae.testing.Golden;
import org.ldae.tokenizers.Samples;
import org.ldae.training.ImagePart;
import org.ldae.training.Share;
import org.ldae.training.Step;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Against PyTorch; {@code src/test/python/features.py} wrote the files. */
class FeatureNetGoldenTest {

    private static final MapShape SHAPE = new MapShape(12, 8, 3);

    @ParameterizedTest
    @ValueSource(strings = {"resnet", "vgg", "normalised"})
    void representsAndClassifiesAsPyTorch(String layout) throws IOException {
        Golden golden = Golden.read("features/" + layout + "-golden");
        try (FeatureNet net = FeatureNet.load(Golden.path("features/" + layout))) {
            ImageSource images = Samples.source(golden.array("x"));
            golden.assertClose("pooled", net.represent(images).data().asFloat(), 2e-6);
            assertArrayEquals(
                    golden.array("pooled").shape(), net.represent(images).shape());
            if (golden.has("logits")) {
                golden.assertClose("logits", net.scores(images).data().asFloat(), 2e-6);
                assertArrayEquals(golden.array("logits").argMax(1).toIntVector(), net.classify(images));
            } else {
                assertEquals(0, net.classes());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"resnet", "vgg", "normalised"})
    void perceptualLossAndItsGradientAreThoseOfPyTorch(String layout) throws IOException {
        Golden golden = Golden.read("features/" + layout + "-golden");
        Kernels kernels = Backend.kernels();
        try (FeatureNet net = FeatureNet.load(Golden.path("features/" + layout));
                PerceptualLoss loss = new PerceptualLoss(net, kernels, SHAPE, 3);
                Tensor x = rows(golden, "x");
                Tensor y = rows(golden, "y");
                Tensor dy = Tensor.zeros(x.rows(), 3)) {
            kernels.fill(dy, 0.25f);
            float[] weights = golden.floats("weights");
            assertEquals(golden.number("loss"), loss.add(x, y, weights, dy), 1e-6);
            float[] gradient = dy.toArray();
            for (int i = 0; i < gradient.length; i++) {
                gradient[i] -= 0.25f;
            }
            Golden.assertClose("dy", rows(golden, "dy").toArray(), gradient, 2e-5);
            assertEquals(golden.number("loss"), loss.measure(x, y, weights), 1e-6);
            assertEquals(0, loss.measure(x, x, weights), 1e-12);
        }
    }

    @Test
    void crossEntropyAndItsGradientsAreThoseOfPyTorch() throws IOException {
        Golden golden = Golden.read("features/normalised-golden");
        ImageSource images = ImageSource.of(golden.array("x"), new int[] {2, 0, 3}, List.of("a", "b", "c", "d"));
        try (FeatureNet net = FeatureNet.load(Golden.path("features/normalised"));
                Workspace work = Workspace.training(Backend.kernels(), net.parameters())) {
            // Two passes: of two images, then of one and padding.
            ClassifyingImages pass = new ClassifyingImages(net.body(), images.shape(), work, 2);
            float[][] batch = new float[3][images.shape().size()];
            for (int i = 0; i < 3; i++) {
                images.read(i, batch[i], 0);
            }
            ImagePart part = ImagePart.of(new Share(0, 1, 0, 3, 2), (step, position) -> batch[position], pass)
                    .withHeldOut(Optional.of(images));
            for (int repeat = 0; repeat < 2; repeat++) {
                work.kernels().fill(work.gradients(), 0);
                double loss = part.run(Step.of(images, Rng.of(1), 0, 1, 2));
                assertEquals(golden.number("cross-entropy"), loss, 1e-6);
                for (String name : net.parameters().names()) {
                    golden.assertClose("d." + name, work.gradient(name).toArray(), 1e-5);
                }
            }
            assertEquals(golden.number("cross-entropy"), part.heldOutLoss(), 1e-6);
        }
    }

    private static Tensor rows(Golden golden, String name) {
        INDArray images = golden.array(name);
        ImageSource source = Samples.source(images);
        ImageRows rows = new ImageRows(source.shape(), source.size());
        float[] image = new float[source.shape().size()];
        for (int i = 0; i < source.size(); i++) {
            source.read(i, image, 0);
            rows.put(i, image);
        }
        Tensor tensor = Tensor.zeros((int) images.size(0) * SHAPE.pixels(), SHAPE.channels());
        tensor.put(rows.numbers());
        return tensor;
    }
}
