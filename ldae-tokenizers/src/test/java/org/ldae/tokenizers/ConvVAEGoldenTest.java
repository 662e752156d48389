package org.ldae.tokenizers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ldae.compute.Workers;
import org.ldae.core.ImageShape;
import org.ldae.core.Rng;
import org.ldae.nn.AdamW;
import org.ldae.nn.GradientDescent;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;
import org.ldae.perceptual.FeatureFile;
import org.ldae.perceptual.FeatureNet;
import org.ldae.testing.Golden;
import org.ldae.training.Fit;
import org.ldae.training.ImageRows;
import org.ldae.training.Share;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Against PyTorch; {@code src/test/python/conv_vae.py} wrote the files. */
class ConvVAEGoldenTest {

    private static final ImageShape SHAPE = new ImageShape(3, 8, 12);
    private static final int[] BATCH = {0, 1, 2};
    private static final ConvVAEOptions OPTIONS = ConvVAE.factor(2)
            .channels(2)
            .withSizes(new ConvSizes(4, List.of(1, 2), 1))
            .withKlWeight(0.3)
            .withFit(Fit.steps(10).withWarmup(0).withClipNorm(0));

    /** A large epsilon: the key's bias has no gradient, and Adam would blow up what rounding makes of it. */
    private static final AdamW.Options ADAM = new AdamW.Options(0.9, 0.999, 1e-3, 0);

    private final Golden forward = Golden.read("conv_vae/forward");
    private final INDArray x = forward.array("x");

    /** The tiny net, its latents neither centred nor scaled. */
    static ConvVAE restored() {
        Golden golden = Golden.read("conv_vae/parameters");
        Map<String, INDArray> tensors = new LinkedHashMap<>();
        golden.names().forEach(name -> tensors.put(name, golden.array(name)));
        tensors.put("latent.mean", Nd4j.createFromArray(0.0, 0.0));
        tensors.put("latent.scale", Nd4j.createFromArray(1.0, 1.0));
        return ConvVAE.restore(OPTIONS, SHAPE, tensors);
    }

    @Test
    void encodesAndDecodesAsPyTorch() {
        ConvVAE vae = restored();
        forward.assertClose("latents", vae.encode(x).data().asFloat(), 2e-6);
        forward.assertClose(
                "decoded", vae.decode(forward.array("latents")).data().asFloat(), 2e-6);
    }

    /** Three images as one pass, or as a pass of two and one of the third and padding. */
    @ParameterizedTest
    @ValueSource(ints = {3, 2})
    void lossGradientsAndAStepOfAdamAreThoseOfPyTorch(int atOnce) {
        ConvVAE vae = restored();
        try (Workers workers = new Workers();
                ConvShare share = share(vae, OPTIONS, workers, atOnce, null);
                GradientDescent descent =
                        new GradientDescent(workers, vae.parameters(), List.of(share.workspace()), ADAM, 0)) {
            double loss = share.step(BATCH, rows(atOnce), this::noise);
            assertEquals(forward.number("loss"), loss, 1e-6 * loss);
            assertGradients("conv_vae/gradients", share.workspace(), vae.parameters());
            descent.update(1e-2, 1, descent.sum());
            Golden step = Golden.read("conv_vae/step");
            for (String name : vae.parameters().names()) {
                step.assertClose(name, share.workspace().value(name).toArray(), 2e-4);
            }
        }
    }

    @Test
    void stepsOnOneBatchAreThoseOfPyTorch() {
        Golden golden = Golden.read("conv_vae/parameters");
        ConvVAEOptions options = OPTIONS.withFit(OPTIONS.fit().withRate(1e-2).withOptimizer(ADAM));
        INDArray noise = Nd4j.createFromArray(forward.floats("noise")).reshape('c', 3, 24, 2);
        try (ConvVAESteps steps = new ConvVAESteps(options, Samples.source(x), noise, Rng.of(1))) {
            Parameters parameters = steps.parameters();
            parameters
                    .names()
                    .forEach(name -> parameters.view(parameters.values(), name).put(golden.floats(name)));
            double loss = steps.run();
            assertEquals(forward.number("loss"), loss, 1e-6 * loss);
            Golden step = Golden.read("conv_vae/step");
            for (String name : parameters.names()) {
                step.assertClose(
                        name, parameters.view(parameters.values(), name).toArray(), 2e-4);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 2})
    void aStepAgainstTheDiscriminatorIsThatOfPyTorch(int atOnce) throws IOException {
        ConvVAEOptions options = OPTIONS.withPerceptual(FeatureFile.of(Golden.path("features/vgg")), 0.7)
                .withAdversarial(new Adversarial(0.5, 0, 4, 1));
        Golden expected = Golden.read("conv_vae/duel");
        Golden judge = Golden.read("conv_vae/judge");
        ConvVAE vae = restored();
        try (FeatureNet net = FeatureNet.load(Golden.path("features/vgg"));
                Workers workers = new Workers();
                ConvShare share = share(vae, options, workers, atOnce, net);
                ConvDuel duel = new ConvDuel(List.of(share), vae.architecture(), options, Rng.of(1), workers)) {
            Parameters judged = duel.parameters();
            judged.names().forEach(name -> judged.view(judged.values(), name).put(judge.floats(name)));
            ConvDuel.Result result = duel.step(0, BATCH, List.of(rows(atOnce)), this::noise);
            assertEquals(expected.number("weight"), result.weight(), 1e-5 * result.weight());
            assertEquals(expected.number("loss"), result.loss(), 1e-5);
            assertEquals(expected.number("discriminator"), result.discriminatorLoss(), 1e-5);
            assertGradients("conv_vae/duel-gradients", share.workspace(), vae.parameters());
            assertGradients("conv_vae/judge-gradients", duel.games().get(0).workspace(), judged);
        }
    }

    private static void assertGradients(String file, Workspace work, Parameters parameters) {
        Golden golden = Golden.read(file);
        for (String name : parameters.names()) {
            golden.assertClose(name, work.gradient(name).toArray(), 2e-4);
        }
    }

    private static ConvShare share(
            ConvVAE vae, ConvVAEOptions options, Workers workers, int atOnce, @Nullable FeatureNet net) {
        Workspace work = Workspace.training(workers.kernels(0), vae.parameters());
        return new ConvShare(options, vae.architecture(), work, new Share(0, 3, atOnce), net);
    }

    private ImageRows rows(int atOnce) {
        return new ImageRows(Samples.source(x), atOnce);
    }

    private void noise(int position, float[] into, int from, int to) {
        System.arraycopy(forward.floats("noise"), position * (to - from), into, from, to - from);
    }
}
