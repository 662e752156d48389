package org.ldae.tokenizers.conv;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ldae.compute.Backend;
import org.ldae.core.ImageShape;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;
import org.ldae.perceptual.FeatureFile;
import org.ldae.perceptual.FeatureNet;
import org.ldae.testing.Golden;
import org.ldae.tokenizers.Samples;
import org.ldae.training.AdamW;
import org.ldae.training.GradientExchange;
import org.ldae.training.HeldOut;
import org.ldae.training.Learner;
import org.ldae.training.Phase;
import org.ldae.training.Share;
import org.ldae.training.Step;
import org.ldae.training.Task;
import org.ldae.training.Training;
import org.ldae.training.TrainingLoop;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Against PyTorch; {@code src/test/python/conv_vae.py} wrote the files. */
class ConvVAEGoldenTest {

    private static final ImageShape SHAPE = new ImageShape(3, 8, 12);
    private static final ConvVAEOptions OPTIONS = ConvVAE.factor(2)
            .channels(2)
            .withSizes(new ConvSizes(4, List.of(1, 2), 1))
            .withKlWeight(0.3)
            .withTraining(Training.steps(10)
                    .withBatchSize(3)
                    .withWarmup(0)
                    .withRate(1e-2)
                    // A large epsilon: the key's bias has no gradient, and Adam would blow up what rounding makes of
                    // it.
                    .withOptimizer(new AdamW.Options(0.9, 0.999, 1e-3, 0))
                    .withClipNorm(0));

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
        ConvTraining task = task(vae, OPTIONS, null);
        try (TrainingLoop loop = loop(task, atOnce)) {
            double loss = loop.step();
            assertEquals(forward.number("loss"), loss, 1e-6 * loss);
            assertGradients("conv_vae/gradients", loop.workspaces(0).get(0), vae.parameters());
            Golden step = Golden.read("conv_vae/step");
            for (String name : vae.parameters().names()) {
                step.assertClose(name, loop.workspaces(0).get(0).value(name).toArray(), 2e-4);
            }
        }
    }

    @Test
    void stepsOnOneBatchAreThoseOfPyTorch() {
        Golden golden = Golden.read("conv_vae/parameters");
        INDArray noise = Nd4j.createFromArray(forward.floats("noise")).reshape('c', 3, 24, 2);
        try (ConvVAESteps steps = new ConvVAESteps(OPTIONS, Samples.source(x), noise, Rng.of(1))) {
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
                ConvTraining task = task(vae, options, net);
                TrainingLoop loop = loop(task, atOnce)) {
            Parameters judged = task.learners().get(1).parameters();
            judged.names().forEach(name -> judged.view(judged.values(), name).put(judge.floats(name)));
            double loss = loop.step();
            assertEquals(expected.number("weight"), task.weight(), 1e-5 * task.weight());
            assertEquals(expected.number("loss"), loss, 1e-5);
            assertEquals(expected.number("discriminator"), loop.loss(1), 1e-5);
            assertGradients("conv_vae/duel-gradients", loop.workspaces(0).get(0), vae.parameters());
            assertGradients("conv_vae/judge-gradients", loop.workspaces(1).get(0), judged);
        }
    }

    private static void assertGradients(String file, Workspace work, Parameters parameters) {
        Golden golden = Golden.read(file);
        for (String name : parameters.names()) {
            golden.assertClose(name, work.gradient(name).toArray(), 2e-4);
        }
    }

    private ConvTraining task(ConvVAE vae, ConvVAEOptions options, @Nullable FeatureNet net) {
        ImageSource images = Samples.source(x);
        ConvImages.Judges judges = new ConvImages.Judges(this::noise, net);
        return new ConvTraining(options, HeldOut.Split.none(images), Rng.of(1), vae.parameters(), judges);
    }

    /** One share, in passes of some images. */
    private static TrainingLoop loop(Task task, int atOnce) {
        return Backend.withThreads(
                1,
                () -> new TrainingLoop(
                        new AtOnce(task, atOnce), OPTIONS.training(), Rng.of(1), GradientExchange.alone()));
    }

    /** A task in other passes. */
    private record AtOnce(Task task, int imagesAtOnce) implements Task {
        @Override
        public String name() {
            return task.name();
        }

        @Override
        public ImageSource images() {
            return task.images();
        }

        @Override
        public List<Learner> learners() {
            return task.learners();
        }

        @Override
        public List<Phase> phases(int step) {
            return task.phases(step);
        }

        @Override
        public Part part(Share share, List<Workspace> work) {
            return task.part(share, work);
        }
    }

    /** That of the image, in whatever order the batch is. */
    private void noise(Step step, int position, float[] into, int from, int to) {
        System.arraycopy(forward.floats("noise"), step.index(position) * (to - from), into, from, to - from);
    }
}
