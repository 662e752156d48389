package org.ldae.exchange;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ldae.checkpoint.CheckpointException;
import org.ldae.checkpoint.Safetensors;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;
import org.ldae.inference.Features;
import org.ldae.inference.Patches;
import org.ldae.models.Expect;
import org.ldae.models.LatentDAE;
import org.ldae.models.Recipe;
import org.ldae.nn.Denoiser;
import org.ldae.noise.NoiseLevel;
import org.ldae.sampling.Sampler;
import org.ldae.sampling.Samples;
import org.ldae.testing.Golden;
import org.ldae.tokenizers.linear.PatchPCA;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A DiT against PyTorch (src/test/python/exchange.py), in and out. */
class DitFormatTest {

    private static final DitFormat FORMAT = DitFormat.published().withHeads(3);
    private static final int CLASSES = 3;

    @TempDir
    Path folder;

    /** The noise that a DiT predicts, from the clean latents that it sees. */
    private static INDArray noise(LatentDAE dit, Golden golden, int image) {
        int step = golden.integers("steps")[image];
        int label = golden.integers("labels")[image];
        double t = (step + 1) / 1000.0; // DiT counts from 0
        INDArray noised = Patches.of(dit.grid()).patchify(one(golden.floatArray("latents"), image));
        INDArray clean = dit.estimate(noised, t, label == CLASSES ? Denoiser.Conditions.NO_LABEL : label);
        NoiseLevel level = dit.recipe().schedule().level(t);
        INDArray noise = noised.sub(clean.mul(level.gamma())).div(level.sigma());
        return Patches.of(dit.grid()).unpatchify(noise);
    }

    private static INDArray one(INDArray images, int index) {
        return images.slice(index).dup('c').reshape('c', 1, 4, 8, 8);
    }

    @Test
    void predictedNoiseEqualsPyTorch() throws IOException {
        Golden golden = Golden.read("exchange/dit-expected");
        try (LatentDAE dit = FORMAT.read(Golden.path("exchange/dit"))) {
            assertEquals(List.of("0", "1", "2"), dit.classNames());
            for (int image = 1; image < 4; image++) {
                Expect.close("image " + image, one(golden.floatArray("noise"), image), noise(dit, golden, image), 1e-5);
            }
            // At the first step there is a hundredth of noise in the latents, and rounding shows a hundred times.
            Expect.close("first", one(golden.floatArray("noise"), 0), noise(dit, golden, 0), 1e-4);
        }
    }

    @Test
    void itRepresentsAndIsSaved() throws IOException {
        Golden golden = Golden.read("exchange/dit-expected");
        ImageSource latents = ImageSource.of(golden.floatArray("latents"), new int[0], List.of());
        Path saved = folder.resolve("dit.safetensors");
        try (LatentDAE dit = FORMAT.read(Golden.path("exchange/dit"))) {
            INDArray features = dit.represent(latents, Features.pooled());
            assertEquals(24, features.size(1));
            dit.save(saved);
            try (LatentDAE again = LatentDAE.load(saved)) {
                assertEquals(features, again.represent(latents, Features.pooled()));
            }
        }
    }

    @Test
    void itSamples() throws IOException {
        try (LatentDAE dit = FORMAT.read(Golden.path("exchange/dit"))) {
            Samples samples = Samples.of(dit, Sampler.ddim(4)).withGuidance(1.5);
            INDArray drawn = samples.draw(new int[] {0, 2}, Rng.of(1), Progress.none());
            assertArrayEquals(new long[] {2, 4, 8, 8}, drawn.shape());
            assertTrue(Double.isFinite(drawn.sumNumber().doubleValue()));
        }
    }

    @Test
    void whatIsWrittenHasTheSameTensors() throws IOException, InterruptedException {
        Path written = folder.resolve("dit.safetensors");
        try (LatentDAE dit = FORMAT.read(Golden.path("exchange/dit"))) {
            FORMAT.write(dit, written);
        }
        try (Safetensors before = Safetensors.read(Golden.path("exchange/dit"));
                Safetensors after = Safetensors.read(written)) {
            assertEquals(before.names().size(), after.names().size());
            for (String tensor : before.names()) {
                if (tensor.startsWith("final_layer.linear.")) {
                    assertEquals(before.shape(tensor)[0], 2 * after.shape(tensor)[0]);
                } else {
                    assertArrayEquals(before.shape(tensor), after.shape(tensor), tensor);
                    Expect.close(tensor, before.tensor(tensor), after.tensor(tensor), 1e-6);
                }
            }
        }
        PyTorch.check("dit", written, Golden.path("exchange/dit-expected"));
    }

    @Test
    void whatIsNoDitIsRefusedByWhatDiffers() throws IOException {
        float[] pixels = new float[3 * 8 * 8 * 3];
        Rng.of(1).normals(pixels, 0, pixels.length);
        INDArray array = org.nd4j.linalg.factory.Nd4j.createFromArray(pixels).reshape(9, 1, 8, 8);
        ImageSource images = ImageSource.of(array, new int[0], List.of());
        try (LatentDAE model =
                LatentDAE.untrained(Recipe.latentDAE(PatchPCA.patch(4).components(6)), images, Rng.of(1))) {
            Expect.refused(
                    () -> FORMAT.write(model, folder.resolve("no.safetensors")),
                    "time and label",
                    "schedule of DDPM",
                    "noise predicted from latents",
                    "tokens that are patches as they are");
        }
        Expect.refused(
                CheckpointException.class, () -> FORMAT.read(Golden.path("exchange/timm")), "x_embedder.proj.weight");
    }
}
