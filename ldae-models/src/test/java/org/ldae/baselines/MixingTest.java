package org.ldae.baselines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.ldae.core.ImageShape;
import org.ldae.core.Rng;
import org.ldae.models.Synthetic;
import org.ldae.training.Training;

class MixingTest {

    private static final ImageShape SHAPE = new ImageShape(2, 6, 8);

    private static Supervised.Alphas options(double mixUp, double cutMix) {
        return Supervised.of(4, Synthetic.network(), Training.epochs(1))
                .withMixUp(mixUp)
                .withCutMix(cutMix)
                .alphas();
    }

    @Test
    void nothingIsMixedUnlessAsked() {
        assertTrue(Mixing.draw(options(0, 0), SHAPE, Rng.of(1)).none());
    }

    @Test
    void blendsAndPastesByTheShareOfTheTargets() {
        int blended = 0;
        double shares = 0;
        for (int i = 0; i < 400; i++) {
            Mixing mixing = Mixing.draw(options(0.8, 1), SHAPE, Rng.of(2).at(i));
            assertEquals(mixing, Mixing.draw(options(0.8, 1), SHAPE, Rng.of(2).at(i)));
            float[] image = new float[SHAPE.size()];
            float[] other = new float[SHAPE.size()];
            Arrays.fill(image, 1);
            mixing.mix(image, other, SHAPE);
            double sum = 0;
            for (float pixel : image) {
                sum += pixel;
            }
            assertEquals(mixing.share(), sum / image.length, 1e-5);
            boolean blend = mixing.box() == null;
            blended += blend ? 1 : 0;
            shares += blend ? mixing.share() : 0;
        }
        // Five standard deviations of a fair coin over 400 throws, and of a Beta(0.8, 0.8) share over its half.
        assertEquals(200, blended, 50);
        assertEquals(0.5, shares / blended, 0.11);
    }

    @Test
    void alphaSetsHowEvenTheSharesAre() {
        assertTrue(spread(8) < 0.2 && spread(0.1) > 0.4, () -> spread(8) + ", " + spread(0.1));
    }

    /** Standard deviation of the share: of Beta(a, a) it is 1 / (2 sqrt(2 a + 1)). */
    private static double spread(double alpha) {
        double sum = 0;
        for (int i = 0; i < 400; i++) {
            double share =
                    Mixing.draw(options(alpha, 0), SHAPE, Rng.of(3).at(i)).share();
            sum += (share - 0.5) * (share - 0.5) / 400;
        }
        return Math.sqrt(sum);
    }
}
