package org.ldae.probe;

/** Follows the held-out scores from strong to weak penalties and tells when the best has clearly been passed. */
final class BestL2 {

    private final int heldOut;
    private double l2;
    private double accuracy = -1;
    private double loss = Double.POSITIVE_INFINITY;
    private boolean passed;

    /** For scores on so many held-out rows. */
    BestL2(int heldOut) {
        this.heldOut = heldOut;
    }

    /** Takes the next score and returns whether it is the best so far: more accurate, or as accurate at less loss. */
    boolean offer(double candidate, double itsAccuracy, double itsLoss) {
        if (itsAccuracy > accuracy || (itsAccuracy == accuracy && itsLoss < loss)) {
            l2 = candidate;
            accuracy = itsAccuracy;
            loss = itsLoss;
            return true;
        }
        double standardError = Math.sqrt(accuracy * (1 - accuracy) / heldOut);
        passed = itsAccuracy < accuracy - standardError && itsLoss > loss;
        return false;
    }

    /** Whether the last score was below the best by more than its standard error, and at a higher loss. */
    boolean passed() {
        return passed;
    }

    double l2() {
        return l2;
    }
}
