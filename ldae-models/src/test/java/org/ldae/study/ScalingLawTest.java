package org.ldae.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.apache.commons.rng.sampling.distribution.ZigguratSampler;
import org.junit.jupiter.api.Test;
import org.ldae.core.Rng;
import org.ldae.models.Expect;
import org.ldae.study.ScalingLaw.Axis;
import org.ldae.study.ScalingLaw.Run;
import org.ldae.study.ScalingLaw.Term;

/** Laws found again from points that were made by them. */
class ScalingLawTest {

    /** Of language models (Hoffmann et al. 2022, approach 3). */
    private static final ScalingLaw CHINCHILLA =
            new ScalingLaw(1.69, List.of(new Term(Axis.PARAMETERS, 406.4, 0.34), new Term(Axis.IMAGES, 410.7, 0.28)));

    private static List<Run> runs(double noise) {
        var normal = ZigguratSampler.NormalizedGaussian.of(Rng.of(1).generator());
        List<Run> runs = new ArrayList<>();
        for (long p = 1_000_000; p < 2e9; p *= 4) {
            for (long d = 10_000_000; d < 2e10; d *= 4) {
                double flops = 6.0 * p * d;
                Run sizes = new Run(p, d, flops, 1);
                runs.add(new Run(p, d, flops, CHINCHILLA.at(sizes) * Math.exp(noise * normal.sample())));
            }
        }
        return runs;
    }

    private static void assertLaw(ScalingLaw expected, ScalingLaw actual, double share) {
        assertEquals(expected.floor(), actual.floor(), share * expected.floor());
        for (int i = 0; i < expected.terms().size(); i++) {
            Term term = expected.terms().get(i);
            assertEquals(term.exponent(), actual.terms().get(i).exponent(), share * term.exponent());
            assertEquals(
                    Math.log(term.factor()), Math.log(actual.terms().get(i).factor()), share * Math.log(term.factor()));
        }
    }

    @Test
    void pointsWithoutNoiseTellTheLaw() {
        assertLaw(CHINCHILLA, ScalingLaw.fit(runs(0), Axis.PARAMETERS, Axis.IMAGES), 1e-4);
        ScalingLaw alone = new ScalingLaw(0.4, List.of(new Term(Axis.FLOPS, 90, 0.2)));
        List<Run> runs = new ArrayList<>();
        for (double c = 1e10; c < 1e15; c *= 8) {
            runs.add(new Run(1, 1, c, alone.at(new Run(1, 1, c, 1))));
        }
        assertLaw(alone, ScalingLaw.fit(runs, Axis.FLOPS), 1e-4);
    }

    @Test
    void outliersDontMoveIt() {
        List<Run> runs = runs(0);
        for (int i = 3; i < runs.size(); i += 7) {
            Run run = runs.get(i);
            runs.set(i, new Run(run.parameters(), run.images(), run.flops(), 1.5 * run.value()));
        }
        assertLaw(CHINCHILLA, ScalingLaw.fit(runs, Axis.PARAMETERS, Axis.IMAGES), 1e-2);
    }

    @Test
    void theBootstrapHoldsTheTruth() {
        List<Run> runs = runs(0.01);
        ScalingLaw law = ScalingLaw.fit(runs, Axis.PARAMETERS, Axis.IMAGES);
        List<ScalingLaw> laws = law.bootstrap(runs, 100, Rng.of(2));
        assertEquals(laws, law.bootstrap(runs, 100, Rng.of(2)));
        assertTrue(laws.size() > 90, () -> laws.size() + " laws");
        List<ToDoubleFunction<ScalingLaw>> numbers = List.of(
                ScalingLaw::floor,
                each -> each.terms().get(0).exponent(),
                each -> each.terms().get(1).exponent());
        for (ToDoubleFunction<ScalingLaw> number : numbers) {
            double truth = number.applyAsDouble(CHINCHILLA);
            double[] sorted = laws.stream().mapToDouble(number).sorted().toArray();
            assertTrue(sorted[1] < truth && truth < sorted[sorted.length - 2], () -> truth + " in " + laws);
            assertTrue(sorted[sorted.length - 2] - sorted[1] < truth, "an interval narrower than the number");
        }
    }

    @Test
    void theLargestIsForetold() {
        ScalingLaw.Extrapolation extrapolation =
                ScalingLaw.extrapolate(runs(0.005), Rng.of(1), Axis.PARAMETERS, Axis.IMAGES);
        assertEquals(0, extrapolation.error(), 0.02);
        Estimate predicted = extrapolation.predicted();
        assertTrue(predicted.low() < predicted.mean() && predicted.mean() < predicted.high());
        // The largest is not among what is fitted.
        List<Run> runs = runs(0);
        Run last = runs.get(runs.size() - 1);
        runs.set(runs.size() - 1, new Run(last.parameters(), last.images(), last.flops(), 2 * last.value()));
        assertEquals(
                -0.5,
                ScalingLaw.extrapolate(runs, Rng.of(1), Axis.PARAMETERS, Axis.IMAGES)
                        .error(),
                1e-3);
    }

    @Test
    void tooFewSizesAreRefused() {
        List<Run> runs = runs(0).subList(0, 5);
        Expect.refused(
                IllegalArgumentException.class,
                () -> ScalingLaw.fit(runs, Axis.PARAMETERS, Axis.IMAGES),
                "at least 6",
                "got 5");
        List<Run> oneWidth = runs(0).subList(0, 6);
        Expect.refused(
                IllegalArgumentException.class,
                () -> ScalingLaw.fit(oneWidth, Axis.PARAMETERS, Axis.IMAGES),
                "several PARAMETERS");
        Expect.refused(IllegalArgumentException.class, () -> new Run(1, 0, 1, 1), "positive");
    }
}
