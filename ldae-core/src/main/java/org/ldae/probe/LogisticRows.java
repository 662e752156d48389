package org.ldae.probe;

/** Rows of features that a logistic regression is fitted on, in this process or elsewhere. */
interface LogisticRows extends AutoCloseable {

    /** N. */
    int count();

    /** F. */
    int width();

    /** Rows of {@code (X'X / N) basis}, for the rows of a basis {@code [R, F]}. */
    double[][] product(double[][] basis);

    /** Mean cross-entropy plus {@code l2 / 2 ||W||^2}, over the rows not held out. */
    Objective objective(int[] labels, int classes, boolean[] heldOut, double l2);

    @Override
    void close();

    /** What is minimised. */
    interface Objective extends Lbfgs.Objective, AutoCloseable {
        /** What the last evaluation showed. */
        Score score();

        @Override
        void close();
    }

    /**
     * What an evaluation showed.
     *
     * @param accuracy on the held-out rows, NaN without any
     * @param loss mean cross-entropy on the held-out rows, NaN without any
     * @param curvature mean of p (1 - p) over trained rows and classes, kept above 0
     */
    record Score(double accuracy, double loss, double curvature) {
        static Score none() {
            return new Score(0, 0, 0);
        }
    }
}
