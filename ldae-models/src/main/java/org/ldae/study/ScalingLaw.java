package org.ldae.study;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.commons.math3.exception.MathIllegalStateException;
import org.apache.commons.math3.fitting.leastsquares.LeastSquaresFactory;
import org.apache.commons.math3.fitting.leastsquares.LeastSquaresOptimizer.Optimum;
import org.apache.commons.math3.fitting.leastsquares.LevenbergMarquardtOptimizer;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.RealVector;
import org.apache.commons.math3.util.Pair;
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

    private static final int ENOUGH = 1000;

    /** A size of a run. */
    public enum Axis {
        /** Numbers that training changes. */
        PARAMETERS,
        /** Images that training saw, each as often as it was seen. */
        IMAGES,
        /** Floating-point operations of the training. */
        FLOPS;

        private double log(Run run) {
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
    public record Run(double parameters, double images, double flops, double value) {

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
        return new Fit(runs, axes).fromEverywhere();
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
                Fit fit = new Fit(drawn, axes);
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
        return new Extrapolation(
                law, most, measured, law.at(largest.get(0)), quantile(draws, 0.025), quantile(draws, 0.975));
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
     * @param predicted by the law
     * @param low lower end of the bootstrap's 95% interval of the prediction, NaN if it had too few sizes
     * @param high upper end
     */
    public record Extrapolation(
            ScalingLaw law, double flops, double measured, double predicted, double low, double high) {

        /**
         * How far off the prediction is.
         *
         * @return predicted over measured, minus 1
         */
        public double error() {
            return predicted / measured - 1;
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

    /** The search for the law of some runs. Unknowns are log E, then log A and a of each axis, sizes over their mean. */
    private static final class Fit {
        private final List<Run> runs;
        private final Axis[] axes;
        private final double[] centres;

        Fit(List<Run> runs, Axis... axes) {
            this.runs = runs;
            this.axes = axes.clone();
            this.centres = new double[axes.length];
            Arrays.setAll(
                    centres,
                    i -> runs.stream().mapToDouble(axes[i]::log).average().orElseThrow());
        }

        ScalingLaw fromEverywhere() {
            double least = runs.stream().mapToDouble(Run::value).min().orElseThrow();
            double mean = runs.stream().mapToDouble(Run::value).average().orElseThrow();
            List<double[]> starts = List.of(new double[0]);
            for (int i = 0; i < axes.length; i++) {
                starts = starts.stream()
                        .flatMap(start -> Arrays.stream(new double[] {0.1, 0.35, 1})
                                .mapToObj(a -> IntStream.rangeClosed(0, start.length)
                                        .mapToDouble(k -> k < start.length ? start[k] : a)
                                        .toArray()))
                        .toList();
            }
            return starts.stream()
                    .flatMap(exponents -> Arrays.stream(new double[] {0.05, 0.5, 0.9})
                            .mapToObj(share -> {
                                double[] start = new double[1 + 2 * axes.length];
                                start[0] = Math.log(share * least);
                                for (int i = 0; i < axes.length; i++) {
                                    start[1 + 2 * i] = Math.log((mean - share * least) / axes.length);
                                    start[2 + 2 * i] = exponents[i];
                                }
                                return start;
                            }))
                    .map(this::from)
                    .flatMap(Optional::stream)
                    .min(Comparator.comparingDouble(this::loss))
                    .map(this::law)
                    .orElseThrow(() -> new IllegalStateException("scaling law: no start of the search came to an end"));
        }

        double[] start(ScalingLaw law) {
            double[] start = new double[1 + 2 * axes.length];
            start[0] = Math.log(law.floor);
            for (int i = 0; i < axes.length; i++) {
                Term term = law.terms.get(i);
                start[1 + 2 * i] = Math.log(term.factor) - term.exponent * centres[i];
                start[2 + 2 * i] = term.exponent;
            }
            return start;
        }

        /** Least squares first, then ever less weight of what lies far away. */
        Optional<double[]> from(double[] start) {
            double[] best = start;
            try {
                for (double huber = 1; huber > HUBER / 2; huber /= 10) {
                    double bend = huber;
                    Optimum found = new LevenbergMarquardtOptimizer()
                            .optimize(LeastSquaresFactory.create(
                                    at -> model(at, bend),
                                    new ArrayRealVector(runs.size()),
                                    new ArrayRealVector(best),
                                    null,
                                    ENOUGH,
                                    ENOUGH));
                    best = found.getPoint().toArray();
                }
                return Optional.of(best);
            } catch (MathIllegalStateException e) {
                return Optional.empty(); // this start leads nowhere; others do
            }
        }

        ScalingLaw law(double[] at) {
            return new ScalingLaw(
                    Math.exp(at[0]),
                    IntStream.range(0, axes.length)
                            .mapToObj(i -> new Term(
                                    axes[i], Math.exp(at[1 + 2 * i] + at[2 + 2 * i] * centres[i]), at[2 + 2 * i]))
                            .collect(Collectors.toList()));
        }

        private double loss(double[] at) {
            double norm = model(new ArrayRealVector(at), HUBER).getFirst().getNorm();
            return Double.isNaN(norm) ? Double.POSITIVE_INFINITY : norm;
        }

        /** Numbers whose squares are twice Huber's losses, and their derivatives. */
        private Pair<RealVector, RealMatrix> model(RealVector at, double huber) {
            double[] values = new double[runs.size()];
            double[][] slopes = new double[runs.size()][];
            for (int k = 0; k < values.length; k++) {
                Run run = runs.get(k);
                double[] parts = new double[1 + axes.length];
                parts[0] = Math.exp(at.getEntry(0));
                double sum = parts[0];
                for (int i = 0; i < axes.length; i++) {
                    double size = axes[i].log(run) - centres[i];
                    parts[1 + i] = Math.exp(at.getEntry(1 + 2 * i) - at.getEntry(2 + 2 * i) * size);
                    sum += parts[1 + i];
                }
                double error = Math.log(sum / run.value());
                boolean far = Math.abs(error) > huber;
                values[k] = far ? Math.copySign(Math.sqrt(huber * (2 * Math.abs(error) - huber)), error) : error;
                double slope = far ? huber / Math.abs(values[k]) : 1;
                slopes[k] = new double[1 + 2 * axes.length];
                slopes[k][0] = slope * parts[0] / sum;
                for (int i = 0; i < axes.length; i++) {
                    slopes[k][1 + 2 * i] = slope * parts[1 + i] / sum;
                    slopes[k][2 + 2 * i] = -slopes[k][1 + 2 * i] * (axes[i].log(run) - centres[i]);
                }
            }
            return Pair.create(new ArrayRealVector(values, false), new Array2DRowRealMatrix(slopes, false));
        }
    }
}
