package org.ldae.report;

import org.ldae.study.Estimate;

/** What a measurement says of an ordering. */
enum Verdict {
    REPRODUCED("reproduced"),
    NOT_REPRODUCED("not reproduced"),
    OPEN("open");

    private final String words;

    Verdict(String words) {
        this.words = words;
    }

    /** Whether a difference that should be positive is; open if its interval holds 0. */
    static Verdict ofPositive(Estimate difference) {
        if (!difference.clear()) {
            return OPEN;
        }
        return difference.low() > 0 ? REPRODUCED : NOT_REPRODUCED;
    }

    /** Whether a difference is within a margin of 0; open if its interval holds an end of that range. */
    static Verdict ofSmall(Estimate difference, double margin) {
        if (difference.n() < 2) {
            return OPEN;
        }
        if (difference.low() >= -margin && difference.high() <= margin) {
            return REPRODUCED;
        }
        return difference.low() > margin || difference.high() < -margin ? NOT_REPRODUCED : OPEN;
    }

    @Override
    public String toString() {
        return words;
    }
}
