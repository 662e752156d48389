package org.ldae.report;

import java.util.Optional;
import org.ldae.study.Estimate;

/**
 * A claim of the paper and the difference that was measured here.
 *
 * @param claim what the paper says
 * @param compared what was subtracted from what
 * @param difference paired over seeds, in points
 */
record Ordering(Claim claim, String compared, Estimate difference) {

    /** Empty if one was not measured, or they share no seed. */
    static Optional<Ordering> of(Claim claim, Optional<Point> one, Optional<Point> other) {
        if (one.isEmpty() || other.isEmpty()) {
            return Optional.empty();
        }
        String compared = one.get().name() + " minus " + other.get().name();
        return one.get().over(other.get()).map(difference -> new Ordering(claim, compared, difference));
    }

    /** Open unless the interval settles it. */
    Verdict verdict() {
        return claim.margin() == 0 ? Verdict.ofPositive(difference) : Verdict.ofSmall(difference, claim.margin());
    }
}
