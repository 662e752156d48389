package org.ldae.study;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.rng.UniformRandomProvider;
import org.ldae.core.Rng;

/**
 * How a loss or an error falls with the size of runs: {@code E + A P^-a + B D^-b} of parameters P and images D, or
 * {@code E + A C^-a} of the arithmetic C (Kaplan et al. 2020; Hoffmann et al. 2022).
 *
 * <pre>{@code
 * List<ScalingLaw.Run> runs = StudyResults.readJson(Path.of("out", "study", "results.json"))
 *         .runs(Metric.AVERAGED, Group.SIZE, Group.EPOCHS);
 * ScalingLaw law = ScalingLaw.fit(runs, ScalingLaw.Axis.FLOPS);
 * double error = law.at(runs.get(0)); // what the law says of that run, in the metric's error
 * }</pre>
 *
 * @param floor E, what remains however large the run
 * @param terms what falls with each size
 */
public record ScalingLaw(double floor, List<Term> terms) {

    /** From where on errors of the logarithm count by their absolute value and not their square (Hoffmann et al. 2022). */
    public static final double HUBER = 1e-3;

    /** A size of a run. */
    public enum Axis {
        /** Numbers that training changes. */
        PARAMETERS,
        /** Images that training saw, each as often as it was seen. */
        IMAGES,
        /** Floating-point operations of the training. */
        FLOPS;

        double log(Run run) {
            return Math.log(
                    switch (this) {
                        case PARAMETERS -> run.parameters();
                        case IMAGES -> run.images();
                        case FLOPS -> run.flops();
                    });
        }
    }

    /**
     * A run's sizes and what came of it.
     *
     * @param parameters P, positive
     * @param images D, positive
     * @param flops C, positive
     * @param value loss or error, positive
     */
    public record Run(long parameters, long images, double flops, double value) {

        /**
         * Checks the numbers.
         *
         * @param parameters P, positive
         * @param images D, positive
         * @param flops C, positive
         * @param value loss or error, positive
         */
        public Run {
            for (double each : new double[] {parameters, images, flops, value}) {
                if (!(each > 0 && each < Double.POSITIVE_INFINITY)) {
                    throw new IllegalArgumentException(
                            "run: expected positive parameters, images, FLOPs and value, got %s, %s, %s, %s"
                                    .formatted(parameters, images, flops, value));
                }
            }
        }
    }

    /**
     * A part of the loss that falls with a size x: {@code factor x^-exponent}.
     *
     * @param axis which size
     * @param factor A, positive
     * @param exponent a
     */
    public record Term(Axis axis, double factor, double exponent) {}

    /**
     * Copies the terms.
     *
     * @param floor E
     * @param terms what falls with each size
     */
    public ScalingLaw {
        terms = List.copyOf(terms);
    }

    /**
     * The value of the law.
     *
     * @param run whose sizes are taken; its own value doesn't matter
     * @return loss or error
     */
    public double at(Run run) {
        return floor
                + terms.stream()
                        .mapToDouble(term -> Math.exp(Math.log(term.factor) - term.exponent * term.axis.log(run)))
                        .sum();
    }

    /**
     * Fits a law by Huber's loss on the difference of logarithms, from a grid of starts.
     *
     * @param runs of at least 2 + 2 different sizes for one axis, 2 + 4 for two
     * @param axes which sizes the law knows
     * @return the best law found
     * @throws IllegalArgumentException if there are too few runs of different sizes, or an axis has one size only
     */
    public static ScalingLaw fit(List<Run> runs, Axis... axes) {
        requireEnough(runs, axes);
        return new ScalingFit(runs, axes).fromEverywhere();
    }

    /**
     * Laws of runs drawn from these with replacement, whose spread tells how sure the law is.
     *
     * @param runs as for {@link #fit}
     * @param count how many laws
     * @param rng key of the draws
     * @return each fitted from this law on; fewer than asked for where draws had too few sizes
     */
    public List<ScalingLaw> bootstrap(List<Run> runs, int count, Rng rng) {
        Axis[] axes = terms.stream().map(Term::axis).toArray(Axis[]::new);
        List<ScalingLaw> laws = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            UniformRandomProvider generator = rng.at(i).generator();
            List<Run> drawn = IntStream.range(0, runs.size())
                    .mapToObj(each -> runs.get(generator.nextInt(runs.size())))
                    .toList();
            if (different(drawn, axes) >= fewest(axes)) {
                ScalingFit fit = new ScalingFit(drawn, axes);
                fit.from(fit.start(this)).ifPresent(found -> laws.add(fit.law(found)));
            }
        }
        return laws;
    }

    /**
     * Fits all runs but the largest and compares what the law says of those.
     *
     * @param runs as for {@link #fit}, without those of the most FLOPs
     * @param rng key of 200 draws for the interval
     * @param axes which sizes the law knows
     * @return law and prediction
     */
    public static Extrapolation extrapolate(List<Run> runs, Rng rng, Axis... axes) {
        double most = runs.stream().mapToDouble(Run::flops).max().orElse(0);
        List<Run> largest = runs.stream().filter(run -> run.flops() == most).toList();
        List<Run> others = runs.stream().filter(run -> run.flops() < most).toList();
        ScalingLaw law = fit(others, axes);
        double[] draws = law.bootstrap(others, 200, rng).stream()
                .mapToDouble(each -> each.at(largest.get(0)))
                .sorted()
                .toArray();
        double measured = largest.stream().mapToDouble(Run::value).average().orElseThrow();
        Estimate predicted =
                new Estimate(law.at(largest.get(0)), quantile(draws, 0.025), quantile(draws, 0.975), draws.length);
        return new Extrapolation(law, most, measured, predicted);
    }

    private static double quantile(double[] sorted, double share) {
        return sorted.length == 0 ? Double.NaN : sorted[(int) Math.round(share * (sorted.length - 1))];
    }

    /**
     * What a law of smaller runs says of the largest.
     *
     * @param law fitted without the largest
     * @param flops of the largest
     * @param measured mean of its values over seeds
     * @param predicted by the law, with the bootstrap's 95% interval, NaN if it had too few sizes
     */
    public record Extrapolation(ScalingLaw law, double flops, double measured, Estimate predicted) {

        /**
         * How far off the prediction is.
         *
         * @return predicted over measured, minus 1
         */
        public double error() {
            return predicted.mean() / measured - 1;
        }
    }

    private static int fewest(Axis... axes) {
        return 2 + 2 * axes.length;
    }

    private static long different(List<Run> runs, Axis... axes) {
        return runs.stream()
                .map(run -> Arrays.stream(axes).map(axis -> axis.log(run)).toList())
                .distinct()
                .count();
    }

    private static void requireEnough(List<Run> runs, Axis... axes) {
        long sizes = different(runs, axes);
        if (axes.length == 0 || sizes < fewest(axes)) {
            throw new IllegalArgumentException(
                    "scaling law: expected runs of at least %d different sizes for %s, got %d; run more widths and lengths, or fit fewer axes"
                            .formatted(fewest(axes), Arrays.toString(axes), sizes));
        }
        for (Axis axis : axes) {
            if (different(runs, axis) < 2) {
                throw new IllegalArgumentException(
                        "scaling law: expected runs of several %s, got one; leave the axis out".formatted(axis));
            }
        }
    }
}
