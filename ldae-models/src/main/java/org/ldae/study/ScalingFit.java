package org.ldae.study;

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
import org.ldae.study.ScalingLaw.Axis;
import org.ldae.study.ScalingLaw.Run;
import org.ldae.study.ScalingLaw.Term;

/** The search for the law of some runs. Unknowns are log E, then log A and a of each axis, sizes over their mean. */
final class ScalingFit {
    /** Steps and evaluations of one search. */
    private static final int ENOUGH = 1000;

    private final List<Run> runs;
    private final Axis[] axes;
    private final double[] centres;

    ScalingFit(List<Run> runs, Axis... axes) {
        this.runs = runs;
        this.axes = axes.clone();
        this.centres = new double[axes.length];
        Arrays.setAll(
                centres, i -> runs.stream().mapToDouble(axes[i]::log).average().orElseThrow());
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
        start[0] = Math.log(law.floor());
        for (int i = 0; i < axes.length; i++) {
            Term term = law.terms().get(i);
            start[1 + 2 * i] = Math.log(term.factor()) - term.exponent() * centres[i];
            start[2 + 2 * i] = term.exponent();
        }
        return start;
    }

    /** Least squares first, then ever less weight of what lies far away. */
    Optional<double[]> from(double[] start) {
        double[] best = start;
        try {
            for (double huber = 1; huber > ScalingLaw.HUBER / 2; huber /= 10) {
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
                        .mapToObj(i ->
                                new Term(axes[i], Math.exp(at[1 + 2 * i] + at[2 + 2 * i] * centres[i]), at[2 + 2 * i]))
                        .collect(Collectors.toList()));
    }

    private double loss(double[] at) {
        double norm =
                model(new ArrayRealVector(at), ScalingLaw.HUBER).getFirst().getNorm();
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
