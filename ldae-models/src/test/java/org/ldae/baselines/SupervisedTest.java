package org.ldae.baselines;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ldae.compute.Activation;
import org.ldae.compute.Tensor;
import org.ldae.compute.Workers;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.core.TokenGrid;
import org.ldae.data.Augmentation;
import org.ldae.data.ImageSource;
import org.ldae.inference.Features;
import org.ldae.models.Expect;
import org.ldae.models.LatentDAE;
import org.ldae.models.PlainEncoder;
import org.ldae.models.Slope;
import org.ldae.models.Synthetic;
import org.ldae.nn.Parameters;
import org.ldae.testing.Golden;
import org.ldae.training.AdamW;
import org.ldae.training.CrossEntropy;
import org.ldae.training.GradientDescent;
import org.ldae.training.ImagePart;
import org.ldae.training.Saving;
import org.ldae.training.Session;
import org.ldae.training.Share;
import org.ldae.training.Step;
import org.ldae.training.Training;
import org.ldae.transformer.ClassifyingPass;
import org.ldae.transformer.ClassifyingTransformer;
import org.ldae.transformer.Variant;
import org.ldae.transformer.VisionTransformer;
import org.ldae.transformer.VisionTransformer.Conditioning;
import org.nd4j.linalg.api.ndarray.INDArray;

class SupervisedTest {

    private static final ClassifyingTransformer GOLDEN =
            new ClassifyingTransformer(new VisionTransformer(12, 3, 2, 0, 2, Conditioning.NONE, 4), 4);

    private static final ClassifyingTransformer SMALL = new ClassifyingTransformer(Synthetic.network(), 3);

    /** Waves whose class is their brightness. */
    private static ImageSource images(int count) {
        INDArray waves = Synthetic.waves(count, 3);
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) {
            double mean = waves.slice(i).meanNumber().doubleValue();
            labels[i] = mean < -0.1 ? 0 : mean < 0.1 ? 1 : 2;
        }
        return ImageSource.of(waves, labels, List.of("dark", "grey", "light"));
    }

    private static Supervised options() {
        return Supervised.of(4, Synthetic.network(), Training.epochs(2).withBatchSize(5));
    }

    private static double step(ClassifyingPass pass, float[] patches, float[] targets) {
        pass.patches().put(patches);
        Tensor scores = pass.forward();
        double loss = new CrossEntropy(3, targets.length / 3).backward(scores, targets, 3);
        pass.backward(scores);
        return loss;
    }

    @Test
    void scoresLossAndEveryGradientEqualPyTorch() {
        Golden golden = Golden.read("models/tuned");
        try (Scene scene = new Scene(GOLDEN.parameters(Scene.GOLDEN, Rng.of(1))).load(golden)) {
            ClassifyingPass pass = GOLDEN.pass(scene.work, Scene.GOLDEN, 3);
            pass.patches().put(golden.floats("patches"));
            Expect.close("scores", golden.floats("logits"), pass.forward().toArray(), 2e-5);
            double loss = step(pass, golden.floats("patches"), golden.floats("targets"));
            assertEquals(golden.doubles("loss")[0], loss, 1e-6);
            for (Parameters.Slot slot : scene.parameters.slots()) {
                float[] gradient = scene.work.gradient(slot.name()).toArray();
                Expect.close(slot.name(), golden.floats("gradient." + slot.name()), gradient, 2e-5);
            }
        }
    }

    @Test
    void fineTuningWithLayerDecayAndSoftTargetsEqualsPyTorch() {
        Golden golden = Golden.read("models/tuned");
        double[] expected = golden.doubles("curve");
        AdamW.Options adam = AdamW.Options.defaults().withWeightDecay(0.05);
        try (Scene scene = new Scene(GOLDEN.parameters(Scene.GOLDEN, Rng.of(1))).load(golden);
                Workers workers = new Workers();
                GradientDescent descent =
                        new GradientDescent(workers, scene.parameters, List.of(scene.work), adam, 0)) {
            descent.optimiser().scaleRates(name -> Math.pow(0.6, GOLDEN.layersAbove(name)));
            ClassifyingPass pass = GOLDEN.pass(scene.work, Scene.GOLDEN, 3);
            for (int step = 1; step <= expected.length; step++) {
                scene.takeGradients();
                double loss = step(pass, golden.floats("patches"), golden.floats("targets"));
                assertEquals(expected[step - 1], loss, 2e-5, "loss of step " + step);
                descent.update(1e-2, step, descent.sum());
            }
        }
    }

    @Test
    void gradientsAreThoseOfTheLoss() {
        float[] patches = Scene.random(3 * Scene.GRID.image().size(), 5);
        // The last image is padding.
        float[] targets = {0.7f, 0.1f, 0.2f, 0, 0.5f, 0.5f, 0, 0, 0};
        try (Scene scene = new Scene(SMALL.parameters(Scene.GRID, Rng.of(1))).shake()) {
            ClassifyingPass pass = SMALL.pass(scene.work, Scene.GRID, 3);
            step(pass, patches, targets);
            Slope.check("supervised", scene.parameters, scene.takeGradients(), () -> step(pass, patches, targets));
        }
    }

    @Test
    void gradientsOfClassTokenLearntPositionsAndErfAreThoseOfTheLoss() {
        Variant form = new Variant(true, true, true, Activation.GELU_ERF, 1e-5);
        ClassifyingTransformer net =
                new ClassifyingTransformer(Synthetic.network().withVariant(form), 3);
        float[] patches = Scene.random(3 * Scene.GRID.image().size(), 5);
        float[] targets = {0.7f, 0.1f, 0.2f, 0, 0.5f, 0.5f, 0, 0, 1};
        try (Scene scene = new Scene(net.parameters(Scene.GRID, Rng.of(1))).shake()) {
            ClassifyingPass pass = net.pass(scene.work, Scene.GRID, 3);
            step(pass, patches, targets);
            for (String name : List.of("embed.class", "embed.positions", "norm.weight")) {
                float[] gradient = scene.work.gradient(name).toArray();
                assertTrue(IntStream.range(0, gradient.length).anyMatch(i -> Math.abs(gradient[i]) > 1e-4), name);
            }
            Slope.check("variant", scene.parameters, scene.takeGradients(), () -> step(pass, patches, targets));
        }
        assertEquals(net.layersAbove("embed.weight"), net.layersAbove("embed.class"));
    }

    @Test
    void layersAreCountedFromTheClassifierDown() {
        assertEquals(0, GOLDEN.layersAbove("head.weight"));
        assertEquals(0, GOLDEN.layersAbove("norm.bias"));
        assertEquals(1, GOLDEN.layersAbove("blocks.01.norm1.weight"));
        assertEquals(2, GOLDEN.layersAbove("blocks.00.mlp.first.bias"));
        assertEquals(3, GOLDEN.layersAbove("embed.weight"));
    }

    @Test
    void aStepDependsOnItsKeyAndNotOnHowTheBatchIsSplit() {
        Supervised mixed = options().withMixUp(0.8).withCutMix(1).withLabelSmoothing(0.1);
        try (Scene scene = new Scene(SMALL.parameters(Scene.GRID, Rng.of(1))).shake()) {
            for (int trial = 0; trial < 4; trial++) {
                Rng key = Rng.of(3).at(trial);
                double whole = step(scene, mixed, List.of(new Share(0, 1, 0, 7, 7)), key);
                float[] gradients = scene.takeGradients();
                double parts = step(scene, mixed, List.of(new Share(0, 2, 0, 3, 2), new Share(1, 2, 3, 7, 4)), key);
                assertEquals(whole, parts, 1e-6 * whole);
                Expect.close("gradients", gradients, scene.takeGradients(), 1e-5);
            }
        }
    }

    private static double step(Scene scene, Supervised options, List<Share> shares, Rng key) {
        ImageSource images = images(9);
        int[] batch = {8, 3, 1, 0, 5, 6, 2};
        Augmented own = new Augmented(images, Augmentation.none().withFlip(), key, batch);
        double loss = 0;
        for (Share share : shares) {
            ClassifyingPass pass = SMALL.pass(scene.work, Scene.GRID, share.size());
            LabelledImages.Sizes sizes = new LabelledImages.Sizes(share.size(), 3);
            LabelledImages labelled = new LabelledImages(
                    options,
                    pass,
                    Scene.GRID,
                    sizes,
                    (step, i) -> own.image(step, LabelledImages.partner(i, batch.length)));
            loss += ImagePart.of(share, own, labelled).run(Step.of(images, key, batch));
        }
        return loss;
    }

    @Test
    void learnsLabelsFromScratch() {
        ImageSource images = images(60);
        List<Double> losses = new ArrayList<>();
        Supervised longer = Supervised.of(
                4, Synthetic.network(), Training.epochs(30).withBatchSize(20).withRate(3e-3));
        try (ViTClassifier one = longer.train(
                        images,
                        Rng.of(1),
                        event -> losses.add(event.number(Progress.Quantity.LOSS).orElseThrow()));
                ViTClassifier again = longer.train(images, Rng.of(1), Progress.none())) {
            assertTrue(losses.get(89) < 0.4, losses::toString);
            double accuracy = one.evaluate(images).top1();
            assertTrue(accuracy > 0.9, () -> "accuracy " + accuracy);
            assertArrayEquals(one.predict(images), again.predict(images));
            assertEquals(one.scores(images), again.scores(images));
            assertEquals(one.represent(images, Features.pooled()), one.encoder().represent(images, Features.pooled()));
        }
    }

    @Test
    void fineTuningStartsAtTheEncoderAndLeavesItAlone() {
        ImageSource images = images(20);
        Training still = Training.epochs(1).withBatchSize(20).withRate(1e-12).withWarmup(0);
        try (LatentDAE model = LatentDAE.untrained(Synthetic.recipe(), images, Rng.of(1));
                PlainEncoder start = model.plainEncoder(0.1)) {
            INDArray features = start.represent(images, Features.tokens());
            try (ViTClassifier tuned = Supervised.from(start, still).train(images, Rng.of(2), Progress.none())) {
                assertEquals(start.sizes(), tuned.encoder().sizes());
                Expect.close("features", features, tuned.represent(images, Features.tokens()), 1e-6);
            }
            Training moving = Training.epochs(3).withBatchSize(10).withRate(1e-3);
            Supervised all = Supervised.from(start, moving)
                    .withLayerDecay(0.65)
                    .withMixUp(0.8)
                    .withCutMix(1)
                    .withLabelSmoothing(0.1);
            try (ViTClassifier tuned = all.train(images, Rng.of(2), Progress.none())) {
                double moved = features.distance2(tuned.represent(images, Features.tokens()));
                assertTrue(moved > 1e-3 * features.norm2Number().doubleValue(), () -> "moved " + moved);
            }
            assertEquals(features, start.represent(images, Features.tokens()));
        }
    }

    @Test
    void refusals() {
        ImageSource images = images(20);
        Expect.refused(() -> options().withLabelSmoothing(1), "label smoothing", "1.0");
        Expect.refused(() -> options().withLayerDecay(0), "layer decay", "0.0");
        Expect.refused(() -> options().withMixUp(-1), "MixUp", "-1.0");
        Expect.refused(() -> options().withCutMix(Double.NaN), "CutMix", "NaN");
        Expect.refused(() -> options().train(Synthetic.images(9, 1), Rng.of(1), Progress.none()), "labels", "9");
        Expect.refused(() -> new ClassifyingTransformer(Synthetic.network(), 1), "classes", "1");
        PlainEncoder.Sizes sizes = new PlainEncoder.Sizes(Synthetic.network(), Scene.GOLDEN);
        try (PlainEncoder other = PlainEncoder.untrained(sizes, images, Rng.of(1))) {
            Supervised from = Supervised.from(other, Training.epochs(1).withBatchSize(5));
            Expect.refused(() -> from.train(images, Rng.of(1), Progress.none()), "images", "start");
        }
    }

    /** Seed and images of two recipes may be the same. */
    @Test
    void aFileOfAnotherEncodersFineTuningIsRefused(@TempDir Path folder) {
        ImageSource images = images(40);
        PlainEncoder.Sizes sizes = new PlainEncoder.Sizes(
                Synthetic.network(), new TokenGrid(images.shape(), options().patch()));
        Session saved = Session.of(Progress.none()).withSaving(Saving.to(folder.resolve("run.safetensors")));
        try (PlainEncoder one = PlainEncoder.untrained(sizes, images, Rng.of(1));
                PlainEncoder other = new PlainEncoder(sizes, one.provenance(), sizes.parameters(Rng.of(2)))) {
            Training training = options().training();
            Supervised.from(one, training).train(images, Rng.of(1), saved).close();
            Supervised.from(one, training).train(images, Rng.of(1), saved).close();
            Expect.refused(() -> Supervised.from(other, training).train(images, Rng.of(1), saved), "weights");
        }
    }
}
