package org.ldae.probe;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * Limited-memory BFGS (Nocedal and Wright, Numerical Optimization, algorithms 7.4 and 7.5) with a preconditioner as the
 * initial inverse Hessian and a backtracking line search. Meant for convex objectives evaluated in float32.
 */
final class Lbfgs {

    private static final int MEMORY = 10;
    private static final double SUFFICIENT_DECREASE = 1e-4;
    private static final int MOST_BACKTRACKS = 20;

    /** Values closer than this, relatively, can't be told apart: they come from float32 products. */
    private static final double NOISE = 1e-8;

    /** A differentiable function. */
    interface Objective {
        /** Fills the gradient and returns the value. */
        double evaluate(double[] point, double[] gradient);
    }

    /** Multiplies a vector by an approximate inverse Hessian, in place. */
    interface Preconditioner {
        void apply(double[] vector);
    }

    /** Stops at a gradient this short, and this short a share of where it began, or after so many steps. */
    record Stop(double gradientNorm, double share, int maxIterations) {
        /** By the gradient's own length alone. */
        Stop(double gradientNorm, int maxIterations) {
            this(gradientNorm, Double.POSITIVE_INFINITY, maxIterations);
        }
    }

    /** Where it ended: {@code converged} if the gradient is short enough or float32 allows no further descent. */
    record Result(double value, int iterations, boolean converged) {}

    /** A step, the change of the gradient along it, and 1 over their product. */
    private static final class Correction {
        final double[] step;
        final double[] change;
        final double inverseCurvature;

        Correction(double[] step, double[] change, double curvature) {
            this.step = step;
            this.change = change;
            this.inverseCurvature = 1 / curvature;
        }
    }

    private final Objective objective;
    private final Preconditioner preconditioner;
    private final Deque<Correction> memory = new ArrayDeque<>();
    private double[] gradient = new double[0];
    private double value;
    /** Factor that fits the preconditioner to the curvature last seen. */
    private double scale = 1;

    Lbfgs(Objective objective, Preconditioner preconditioner) {
        this.objective = objective;
        this.preconditioner = preconditioner;
    }

    /** Minimises in place; the objective's last evaluation is at the point it ends at. */
    Result minimize(double[] point, Stop stop) {
        memory.clear();
        scale = 1;
        gradient = new double[point.length];
        value = objective.evaluate(point, gradient);
        double shortEnough = norm(gradient) == 0 ? 0 : Math.min(stop.gradientNorm(), stop.share() * norm(gradient));
        int stalled = 0;
        for (int iteration = 0; iteration < stop.maxIterations(); iteration++) {
            if (norm(gradient) <= shortEnough || stalled == 2) {
                return new Result(value, iteration, true);
            }
            double before = value;
            step(point);
            stalled = before - value <= NOISE * Math.abs(before) ? stalled + 1 : 0;
        }
        return new Result(value, stop.maxIterations(), norm(gradient) <= shortEnough);
    }

    private void step(double[] point) {
        double[] direction = direction();
        double slope = dot(gradient, direction);
        double[] next = new double[point.length];
        double[] nextGradient = new double[point.length];
        double rate = 1;
        for (int attempt = 0; attempt < MOST_BACKTRACKS; attempt++) {
            for (int i = 0; i < next.length; i++) {
                next[i] = point[i] + rate * direction[i];
            }
            double nextValue = objective.evaluate(next, nextGradient);
            if (nextValue <= value + SUFFICIENT_DECREASE * rate * slope + NOISE * Math.abs(value)) {
                remember(difference(next, point), difference(nextGradient, gradient));
                System.arraycopy(next, 0, point, 0, point.length);
                gradient = nextGradient;
                value = nextValue;
                return;
            }
            rate = shorter(rate, slope, nextValue - value);
        }
        memory.clear();
        scale = 1;
        value = objective.evaluate(point, gradient);
    }

    /** Minimum of the parabola through both values and the slope, kept within [0.1, 0.5] of the rate. */
    private static double shorter(double rate, double slope, double rise) {
        double parabola = -slope * rate * rate / (2 * (rise - slope * rate));
        return Double.isNaN(parabola) ? 0.1 * rate : Math.min(0.5 * rate, Math.max(0.1 * rate, parabola));
    }

    private double[] direction() {
        double[] direction = new double[gradient.length];
        for (int i = 0; i < direction.length; i++) {
            direction[i] = -gradient[i];
        }
        double[] alphas = new double[memory.size()];
        int index = 0;
        for (Correction newest : memory) {
            alphas[index] = newest.inverseCurvature * dot(newest.step, direction);
            addScaled(direction, -alphas[index++], newest.change);
        }
        preconditioner.apply(direction);
        for (int i = 0; i < direction.length; i++) {
            direction[i] *= scale;
        }
        Iterator<Correction> oldestFirst = memory.descendingIterator();
        while (oldestFirst.hasNext()) {
            Correction correction = oldestFirst.next();
            double beta = correction.inverseCurvature * dot(correction.change, direction);
            addScaled(direction, alphas[--index] - beta, correction.step);
        }
        return direction;
    }

    private void remember(double[] step, double[] change) {
        double curvature = dot(step, change);
        if (curvature <= 1e-10 * norm(step) * norm(change)) {
            return;
        }
        if (memory.size() == MEMORY) {
            memory.removeLast();
        }
        memory.addFirst(new Correction(step, change, curvature));
        double[] preconditioned = change.clone();
        preconditioner.apply(preconditioned);
        scale = curvature / dot(change, preconditioned);
    }

    private static double[] difference(double[] a, double[] b) {
        double[] result = new double[a.length];
        for (int i = 0; i < a.length; i++) {
            result[i] = a[i] - b[i];
        }
        return result;
    }

    static void addScaled(double[] target, double factor, double[] vector) {
        for (int i = 0; i < target.length; i++) {
            target[i] += factor * vector[i];
        }
    }

    /** Four sums, since each addition waits for the one before. */
    static double dot(double[] a, double[] b) {
        double sum0 = 0;
        double sum1 = 0;
        double sum2 = 0;
        double sum3 = 0;
        int i = 0;
        for (; i + 3 < a.length; i += 4) {
            sum0 += a[i] * b[i];
            sum1 += a[i + 1] * b[i + 1];
            sum2 += a[i + 2] * b[i + 2];
            sum3 += a[i + 3] * b[i + 3];
        }
        for (; i < a.length; i++) {
            sum0 += a[i] * b[i];
        }
        return sum0 + sum1 + (sum2 + sum3);
    }

    static double norm(double[] a) {
        return Math.sqrt(dot(a, a));
    }
}
