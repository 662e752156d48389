package org.ldae.baselines;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ldae.compute.Tensor;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.core.TokenGrid;
import org.ldae.data.Augmentation;
import org.ldae.data.ImageSource;
import org.ldae.inference.Features;
import org.ldae.models.Expect;
import org.ldae.models.PlainEncoder;
import org.ldae.models.Slope;
import org.ldae.models.Synthetic;
import org.ldae.nn.Denoiser;
import org.ldae.nn.Parameters;
import org.ldae.testing.Golden;
import org.ldae.training.ImagePart;
import org.ldae.training.Share;
import org.ldae.training.Step;
import org.ldae.training.Training;
import org.ldae.transformer.MaskedTransformer;
import org.ldae.transformer.VisionTransformer;
import org.ldae.transformer.VisionTransformer.Conditioning;

class MaskedAutoencoderTest {

    private static final Training TRAINING =
            Training.epochs(5).withBatchSize(5).withRate(3e-3).withWarmup(0.5);

    private static MaskedAutoencoder options() {
        return MaskedAutoencoder.of(4, Synthetic.network(), TRAINING).withMaskRatio(0.5);
    }

    private static MaskedAutoencoder goldenOptions() {
        VisionTransformer net = new VisionTransformer(12, 3, 2, 1, 2, Conditioning.NONE, 4);
        return MaskedAutoencoder.of(2, net, TRAINING).withMaskRatio(0.5).withNetwork(new MaskedTransformer(net, 12));
    }

    private static Parameters parameters(MaskedAutoencoder options, TokenGrid grid) {
        return options.network().layout(options.signature(grid)).initialise(Rng.of(1));
    }

    /** Shows some patches of each image to a network, and what it predicts then. */
    private static Tensor see(Denoiser.Pass pass, float[] patches, int[] kept, TokenGrid grid) {
        int size = grid.patchSize();
        int images = patches.length / grid.image().size();
        float[] seen = new float[kept.length * size];
        for (int i = 0; i < kept.length; i++) {
            int row = i / (kept.length / images) * grid.tokens() + kept[i];
            System.arraycopy(patches, row * size, seen, i * size, size);
        }
        System.arraycopy(kept, 0, pass.places(), 0, kept.length);
        pass.input().put(seen);
        return pass.forward(Denoiser.Conditions.of(images));
    }

    @Test
    void predictionLossAndEveryGradientEqualPyTorch() {
        Golden golden = Golden.read("models/masked");
        MaskedAutoencoder options = goldenOptions();
        int[] kept = {4, 0, 3, 1, 5, 2, 0, 2, 4};
        try (Scene scene = new Scene(parameters(options, Scene.GOLDEN)).load(golden)) {
            var pass = options.network().pass(scene.work, options.signature(Scene.GOLDEN), 3);
            float[] prediction =
                    see(pass, golden.floats("patches"), kept, Scene.GOLDEN).toArray();
            Expect.close("prediction", golden.floats("prediction"), prediction, 2e-5);
            double loss = new MaskedLoss(options, scene.work, Scene.GOLDEN, 3)
                    .step(golden.floats("patches"), kept, new MaskedLoss.Present(3, 3), true);
            assertEquals(golden.doubles("loss")[0], loss, 1e-5);
            for (Parameters.Slot slot : scene.parameters.slots()) {
                float[] gradient = scene.work.gradient(slot.name()).toArray();
                Expect.close(slot.name(), golden.floats("gradient." + slot.name()), gradient, 2e-5);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void gradientsAreThoseOfTheLoss(boolean normalised) {
        MaskedAutoencoder options = options().withNormalisedTargets(normalised);
        float[] pixels = Scene.random(3 * Scene.GRID.image().size(), 5);
        int[] kept = {4, 0, 3, 1, 5, 2, 0, 2, 4};
        MaskedLoss.Present two = new MaskedLoss.Present(2, 4);
        try (Scene scene = new Scene(parameters(options, Scene.GRID)).shake()) {
            MaskedLoss loss = new MaskedLoss(options, scene.work, Scene.GRID, 3);
            loss.step(pixels, kept, two, true);
            Slope.check("masked", scene.parameters, scene.takeGradients(), () -> loss.step(pixels, kept, two, true));
        }
    }

    @Test
    void whatIsMaskedIsNotSeen() {
        float[] pixels = Scene.random(Scene.GRID.image().size(), 5);
        float[] others = pixels.clone();
        int size = Scene.GRID.patchSize();
        Arrays.fill(others, 2 * size, 3 * size, 9);
        int[] kept = {4, 0, 3};
        try (Scene scene = new Scene(parameters(options(), Scene.GRID))) {
            var pass = options().network().pass(scene.work, options().signature(Scene.GRID), 1);
            float[] one = see(pass, pixels, kept, Scene.GRID).toArray();
            assertArrayEquals(one, see(pass, others, kept, Scene.GRID).toArray());
            assertFalse(Arrays.equals(
                    one, see(pass, others, new int[] {4, 2, 3}, Scene.GRID).toArray()));
        }
    }

    @Test
    void aStepDependsOnItsKeyAndNotOnHowTheBatchIsSplit() {
        ImageSource images = Synthetic.images(9, 2);
        try (Scene scene = new Scene(parameters(options(), Scene.GRID))) {
            Rng key = Rng.of(3).at(1);
            double whole = step(scene, images, List.of(new Share(0, 1, 0, 7, 7)), key);
            float[] gradients = scene.takeGradients();
            double parts = step(scene, images, List.of(new Share(0, 2, 0, 3, 2), new Share(1, 2, 3, 7, 4)), key);
            assertEquals(whole, parts, 1e-6 * whole);
            Expect.close("gradients", gradients, scene.takeGradients(), 1e-5);
            assertTrue(Math.abs(whole - step(scene, images, List.of(new Share(0, 1, 0, 7, 7)), Rng.of(4))) > 1e-4);
        }
    }

    private static double step(Scene scene, ImageSource images, List<Share> shares, Rng key) {
        int[] batch = {8, 3, 1, 0, 5, 6, 2};
        Augmented augmented =
                new Augmented(images, Augmentation.none().withFlip().withShift(1), key, batch);
        double loss = 0;
        for (Share share : shares) {
            MaskedImages masked = new MaskedImages(new MaskedLoss(options(), scene.work, Scene.GRID, share.size()));
            loss += ImagePart.of(share, augmented, masked).run(Step.of(images, key, batch));
        }
        return loss;
    }

    @Test
    void lossFallsAndTheSeedDecides() {
        ImageSource images = Synthetic.images(40, 3);
        List<Double> losses = new ArrayList<>();
        MaskedAutoencoder longer = MaskedAutoencoder.of(
                4, Synthetic.network(), Training.epochs(30).withBatchSize(10).withRate(3e-3));
        try (PlainEncoder one = longer.train(
                        images,
                        Rng.of(1),
                        event -> losses.add(event.number(Progress.Quantity.LOSS).orElseThrow()));
                PlainEncoder again = longer.train(images, Rng.of(1), Progress.none());
                PlainEncoder other = longer.train(images, Rng.of(2), Progress.none())) {
            double first = losses.get(0);
            double last = losses.get(losses.size() - 1);
            assertEquals(120, losses.size());
            assertTrue(last < 0.8 * first, first + " -> " + last);
            float[] features = Expect.numbers(one.represent(images, Features.pooled()));
            assertArrayEquals(features, Expect.numbers(again.represent(images, Features.pooled())));
            assertFalse(Arrays.equals(features, Expect.numbers(other.represent(images, Features.pooled()))));
        }
    }

    @Test
    void featuresDoNotDependOnTheOtherImages() {
        ImageSource images = Synthetic.images(400, 3);
        try (PlainEncoder encoder = options().train(images, Rng.of(1), Progress.none())) {
            Features tokens = Features.tokens().after(1);
            float[] all = Expect.numbers(encoder.represent(images, tokens));
            float[] one = Expect.numbers(encoder.represent(images.select(399), tokens));
            float[] last = Arrays.copyOfRange(all, 399 * one.length, 400 * one.length);
            Expect.close("last image", last, one, 1e-6);
            float[] pooled =
                    Expect.numbers(encoder.represent(images, Features.pooled().after(1)));
            assertEquals(400 * 16, pooled.length);
            assertEquals((all[0] + all[16] + all[32] + all[48] + all[64] + all[80]) / 6, pooled[0], 1e-5);
        }
    }

    @Test
    void anEncoderIsSavedAndLoaded(@TempDir Path folder) throws IOException {
        ImageSource images = Synthetic.images(10, 3);
        Path file = folder.resolve("encoder.safetensors");
        try (PlainEncoder encoder = options().train(images, Rng.of(1), Progress.none())) {
            encoder.save(file);
            try (PlainEncoder loaded = PlainEncoder.load(file)) {
                assertEquals(encoder.sizes(), loaded.sizes());
                assertEquals(encoder.provenance(), loaded.provenance());
                assertEquals(encoder.represent(images, Features.tokens()), loaded.represent(images, Features.tokens()));
            }
        }
    }

    @Test
    void refusals() {
        Expect.refused(() -> options().withMaskRatio(1), "mask ratio", "(0, 1)", "1.0");
        Expect.refused(() -> options().withMaskRatio(Double.NaN), "mask ratio", "NaN");
        Expect.refused(() -> new MaskedTransformer(Synthetic.network(), 6), "decoder width", "6");
        Expect.refused(() -> options().withNetwork(Synthetic.network()), "subset", "MaskedTransformer");
        VisionTransformer noDecoder = Synthetic.network().withBlocks(2, 0);
        Expect.refused(() -> MaskedAutoencoder.of(4, noDecoder, TRAINING), "decoder block", "0");
        ImageSource images = Synthetic.images(10, 3);
        Expect.refused(
                () -> options().withMaskRatio(0.9).train(images, Rng.of(1), Progress.none()), "mask ratio", "L = 6");
        Expect.refused(() -> options().train(images.limit(3), Rng.of(1), Progress.none()), "batch", "3");
        try (PlainEncoder encoder = options().train(images, Rng.of(1), Progress.none())) {
            Expect.refused(() -> encoder.represent(images, Features.pooled().after(3)), "block", "1 to 2", "3");
        }
    }

    @Test
    void anInterruptEndsTraining() {
        Progress interrupting = event -> Thread.currentThread().interrupt();
        Expect.refused(
                CancellationException.class,
                () -> options().train(Synthetic.images(10, 3), Rng.of(1), interrupting),
                "1 of 10");
        assertTrue(Thread.interrupted());
    }
}
