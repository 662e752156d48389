package org.ldae.tokenizers.linear;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.ldae.tokenizers.Refusal.assertRefused;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ldae.core.ImageShape;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.Dataset;
import org.ldae.data.FolderOptions;
import org.ldae.data.ImageSource;
import org.ldae.tokenizers.LatentScale;
import org.ldae.tokenizers.Samples;

class PatchVAETest {

    private final ImageSource source = Samples.source(Samples.walks(1000, new ImageShape(3, 8, 12)));

    /** What the optimum is for the variances of the principal components: probabilistic PCA with noise w/2. */
    private static final class Theory {
        private final double[] variances;
        private final int dimension;
        private final double noise;

        Theory(double[] variances, int dimension, double noise) {
            this.variances = variances;
            this.dimension = dimension;
            this.noise = noise;
        }

        int active() {
            return (int) Arrays.stream(variances, 0, dimension)
                    .filter(variance -> variance > noise)
                    .count();
        }

        double error() {
            double sum = 0;
            for (int i = 0; i < variances.length; i++) {
                sum += i < active() ? noise * noise / variances[i] : variances[i];
            }
            return sum / variances.length;
        }

        double kl() {
            return Arrays.stream(variances, 0, active())
                    .map(variance -> Math.log(variance / noise) / 2)
                    .sum();
        }

        /** Variance of the noise of each latent, ascending; 1, the prior's, where it collapses. */
        double[] posterior() {
            return Arrays.stream(variances, 0, dimension)
                    .map(variance -> Math.min(1, noise / variance))
                    .toArray();
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1.25, 0", "2, 0.8, 2", "2, 1.25, 1", "8, 0.8, 9", "8, 1.25, 6"})
    void componentsBelowHalfTheWeightCollapseAndErrorAndKlAreThoseOfTheory(int component, double factor, int active) {
        PatchVAE.Options options = PatchVAE.patch(4).dimension(9).withScale(LatentScale.NONE);
        ImageSource training =
                options.training().heldOut().split(source, Rng.of(5)).training();
        double[] variances =
                PatchPCA.fit(training, PatchPCA.patch(4).components(9)).explainedVariance();
        // Just below or just above the variance of one component.
        double noise = factor * variances[component - 1];
        Theory theory = new Theory(variances, 9, noise);
        assertEquals(active, theory.active());
        PatchVAE vae = PatchVAE.fit(source, options.withKlWeight(2 * noise), Rng.of(5), Progress.none());
        assertMatches(theory, vae, training);
        double[] posterior = vae.posteriorVariance();
        Arrays.sort(posterior);
        assertArrayEquals(theory.posterior(), posterior, 0.005);
    }

    @EnabledIfEnvironmentVariable(named = "LDAE_DATA", matches = ".+")
    @ParameterizedTest
    @ValueSource(doubles = {1e-3, 1e-2})
    void errorAndKlAreThoseOfTheoryOnPhotographs(double weight) throws IOException {
        ImageSource photographs = Dataset.folder(
                        Path.of(System.getenv("LDAE_DATA"), "eurosat-rgb"), FolderOptions.nativeSize())
                .train()
                .limit(500);
        PatchVAE.Options options = PatchVAE.patch(8).dimension(16).withKlWeight(weight);
        ImageSource training =
                options.training().heldOut().split(photographs, Rng.of(5)).training();
        double[] variances =
                PatchPCA.fit(training, PatchPCA.patch(8).components(16)).explainedVariance();
        PatchVAE vae = PatchVAE.fit(photographs, options, Rng.of(5), Progress.none());
        assertMatches(new Theory(variances, 16, weight / 2), vae, training);
    }

    private static void assertMatches(Theory theory, PatchVAE vae, ImageSource training) {
        assertEquals(1, vae.reconstructionError(training) / theory.error(), 0.002, "error");
        double[] kl = vae.kl();
        assertEquals(theory.kl(), Arrays.stream(kl).sum(), 1e-3 + 0.04 * theory.kl(), "KL");
        assertEquals(
                theory.active(), Arrays.stream(kl).filter(nats -> nats > 0.01).count(), "active latents");
    }

    @Test
    void aLatentThatIsUsedHasUnitVarianceWithItsNoise() {
        PatchVAE.Options options = PatchVAE.patch(4).dimension(4).withScale(LatentScale.NONE);
        PatchVAE vae = PatchVAE.fit(source, options, Rng.of(5), Progress.none());
        ImageSource training =
                options.training().heldOut().split(source, Rng.of(5)).training();
        int[] all = new int[training.size()];
        Arrays.setAll(all, i -> i);
        double[] latents = vae.encode(training.images(all)).data().asDouble();
        double[] noise = vae.posteriorVariance();
        for (int k = 0; k < 4; k++) {
            double square = 0;
            for (int i = k; i < latents.length; i += 4) {
                square += latents[i] * latents[i] / latents.length * 4;
            }
            assertEquals(1, square + noise[k], 0.03);
        }
    }

    @Test
    void theScaleAppliesToThePosteriorToo() {
        PatchVAE.Options options = PatchVAE.patch(4)
                .dimension(4)
                .withTraining(PatchAE.defaultTraining().withLength(150));
        PatchVAE plain = PatchVAE.fit(source, options.withScale(LatentScale.NONE), Rng.of(5), Progress.none());
        PatchVAE white = PatchVAE.fit(source, options.withScale(LatentScale.PER_COMPONENT), Rng.of(5), Progress.none());
        for (int k = 0; k < 4; k++) {
            double factor = white.scale().getDouble(k);
            assertEquals(
                    plain.posteriorVariance()[k] * factor * factor,
                    white.posteriorVariance()[k],
                    1e-6 * white.posteriorVariance()[k]);
        }
        assertArrayEquals(plain.kl(), white.kl());
    }

    @Test
    void collapsedLatentsCannotBeWhitened() {
        PatchVAE.Options options = PatchVAE.patch(4)
                .dimension(20)
                .withScale(LatentScale.PER_COMPONENT)
                .withKlWeight(0.5);
        assertRefused(
                () -> PatchVAE.fit(source, options, Rng.of(5), Progress.none()),
                "PER_COMPONENT",
                "got 20",
                "LatentScale.GLOBAL");
        assertRefused(
                () -> PatchVAE.fit(
                        source, options.withScale(LatentScale.GLOBAL).withKlWeight(1e3), Rng.of(5), Progress.none()),
                "20 constant",
                "KL weight");
    }

    @Test
    void optionsCheckThemselves() {
        assertRefused(() -> PatchVAE.patch(0).dimension(2), "patch", "0");
        assertRefused(() -> PatchVAE.patch(4).dimension(0), "dimension", "0");
        for (double weight : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertRefused(
                    () -> PatchVAE.patch(4).dimension(2).withKlWeight(weight), "klWeight", "" + weight, "PatchAE");
        }
    }

    @Test
    void describesItself() {
        PatchVAE.Options options = PatchVAE.patch(4)
                .dimension(3)
                .withTraining(PatchAE.defaultTraining().withLength(120));
        String text = PatchVAE.fit(source, options, Rng.of(5), Progress.none()).toString();
        assertTrue(text.contains("3 of 48 dimensions, KL weight 0.001"), text);
    }
}
