package org.ldae.bench;

import java.util.Set;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.probe.LinearProbe;
import org.ldae.probe.LogisticSolver;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A logistic probe at a given L2: standardising, then minimising to an objective within {@link #EXCESS} of the lowest, each
 * side with the loosest tolerance of its own that gets there.
 *
 * @param name what its numbers are named after
 * @param rows number of images
 * @param width features of an image
 * @param classes K
 */
record ProbeTask(String name, int rows, int width, int classes) implements Task {

    private static final double L2 = 1e-3;
    private static final double EXCESS = 1e-6;
    private static final double[] TOLERANCES = {0.1, 0.03, 1e-2, 3e-3, 1e-3, 3e-4, 1e-4, 3e-5, 1e-5, 1e-6};
    private static final double SURELY_CONVERGED = 1e-7;

    /** Ten classes of 128 features. */
    static ProbeTask small() {
        return new ProbeTask("probe", 12_000, 128, 10);
    }

    /** A hundred classes of ViT-B features. */
    static ProbeTask large() {
        return new ProbeTask("probe768", 6_000, 768, 100);
    }

    @Override
    public String kind() {
        return "probe";
    }

    @Override
    public Set<String> peers() {
        return Set.of(Peers.SKLEARN);
    }

    @Override
    public Work open() {
        return new Fits(this);
    }

    private static final class Fits implements Work {
        private final int[] labels;
        private final float[] numbers;
        private final INDArray features;
        private final LogisticObjective objective;
        private final double reachable;
        private LogisticSolver solver = LinearProbe.logistic().withL2(L2).withMaxIterations(10_000);

        Fits(ProbeTask task) {
            float[] centres = Numbers.normals("centres", task.classes * task.width);
            // Classes overlap, so that the minimum lies where the data says and not at infinity.
            float apart = (float) (3 / Math.sqrt(task.width));
            numbers = Numbers.normals("features", task.rows * task.width);
            labels = new int[task.rows];
            for (int i = 0; i < task.rows; i++) {
                labels[i] = i % task.classes;
                for (int f = 0; f < task.width; f++) {
                    numbers[i * task.width + f] += apart * centres[labels[i] * task.width + f];
                }
            }
            features = Nd4j.createFromArray(numbers).reshape('c', task.rows, task.width);
            objective = new LogisticObjective(numbers, labels, L2);
            reachable = objective.at(fit(solver.withTolerance(SURELY_CONVERGED)));
        }

        private LinearProbe fit(LogisticSolver with) {
            return with.fit(features, labels, Rng.of(1), Progress.none());
        }

        @Override
        public void handOver(Handoff handoff) {
            float[] asFloats = new float[labels.length];
            for (int i = 0; i < labels.length; i++) {
                asFloats[i] = labels[i];
            }
            handoff.number("l2", L2)
                    .number("goal", reachable * (1 + EXCESS))
                    .tensor("features", features)
                    .floats("labels", asFloats, labels.length);
        }

        @Override
        public double[] check() {
            for (double tolerance : TOLERANCES) {
                solver = solver.withTolerance(tolerance);
                double reached = objective.at(fit(solver));
                if (reached <= reachable * (1 + EXCESS)) {
                    return new double[] {reached};
                }
            }
            throw new IllegalStateException("probe: expected an objective of " + reachable + ", did not reach it");
        }

        @Override
        public double tolerance() {
            return 2 * EXCESS;
        }

        @Override
        public void iterate() {
            fit(solver);
        }

        @Override
        public void close() {
            features.close();
        }
    }
}
