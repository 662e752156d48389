package org.ldae.evaluation;

import java.util.Map;
import org.ldae.core.Progress;
import org.ldae.core.Stage;
import org.ldae.inference.Reading;

/**
 * How much of an evaluation is done, by what each of its parts is expected to take: a probe on all tokens of twelve blocks takes
 * a thousand times as long as one on averaged pixels. Amounts are in GFLOPs of a network's pass; other kinds of work run at other
 * speeds, which the factors say as measured on two cores, good to a factor of two or three.
 */
final class Effort {

    /** What listeners are told of. */
    private static final long PARTS = 1000;

    private static final double GIGA = 1e9;

    /** Products of a logistic fit that chooses among nine penalties, and of one whose penalty is fixed. */
    private static final double CHOOSING = 1000;

    private static final double FIXED = 120;

    /** A fit's work that doesn't depend on the features' width, as if it were so many numbers: narrow ones take more steps, too. */
    private static final double EACH_ROW = 150;

    /** A small fit of a ridge regression. */
    private static final double RIDGE = 0.1;

    /** A closed form's work on each number of its rows. */
    private static final double SOLVED = 4500;

    /** Operations of an eigenvalue problem, by the cube of its side. */
    private static final double EIGEN = 50;

    /** Reading or writing a number. */
    private static final double COPY = 100;

    private final double total;
    private final Stage stage;
    private double spent;

    Effort(double total, Progress progress) {
        this.total = total;
        this.stage = new Stage("evaluation", PARTS, progress);
    }

    /**
     * Tells that some of the work is done.
     *
     * @throws java.util.concurrent.CancellationException if this thread is interrupted: probes of many images take minutes
     */
    void spend(double amount) {
        spent += amount;
        stage.at(Math.min(PARTS - 1, Math.round(PARTS * spent / total)));
        stage.requireWanted();
    }

    void finish() {
        stage.finish(Map.of());
    }

    /** Representing images. */
    static double reading(Reading reading, long images) {
        return images
                * (reading.flopsPerImage()
                        + COPY
                                * (reading.size()
                                        + (double) reading.grid().image().size()))
                / GIGA;
    }

    /** Fitting a probe whose solver chooses its penalty. */
    static double choosing(long rows, long width, long classes) {
        return CHOOSING * product(rows, width + EACH_ROW, classes);
    }

    /** Fitting a probe of a fixed penalty. */
    static double fixed(long rows, long width, long classes) {
        return FIXED * product(rows, width + EACH_ROW, classes);
    }

    /** Fitting a ridge regression in closed form on a few rows, and scoring others. */
    static double ridge(long rows, long scored, long width) {
        return RIDGE + (SOLVED * rows + COPY * scored) * width / GIGA;
    }

    /** The eigenvalues of all products of two columns, in double. */
    static double spectrum(double width) {
        return EIGEN * width * width * width / GIGA;
    }

    /** Multiplying features, once. */
    static double product(long rows, double width, long columns) {
        return 2.0 * rows * width * columns / GIGA;
    }
}
