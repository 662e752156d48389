package org.ldae.bench;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Whether a peer did the same work. */
final class Checks {

    private static final int SHOWN = 5;

    private Checks() {}

    /** Euclidean norm, summed in double. */
    static double norm(float[] numbers) {
        double sum = 0;
        for (float x : numbers) {
            sum += (double) x * x;
        }
        return Math.sqrt(sum);
    }

    /** The first few numbers. */
    static String describe(double[] numbers) {
        String few = Arrays.stream(numbers)
                .limit(SHOWN)
                .mapToObj(x -> String.format(Locale.ROOT, "%.6g", x))
                .collect(Collectors.joining(" "));
        return numbers.length <= SHOWN ? few : few + " ...";
    }

    /**
     * Fails unless the peer's numbers are ours.
     *
     * @throws PeerException saying which number is off, and both lists
     */
    static void requireSame(double[] ours, double[] theirs, double tolerance) throws PeerException {
        boolean same = ours.length == theirs.length;
        for (int i = 0; same && i < ours.length; i++) {
            same = Math.abs(theirs[i] - ours[i]) <= tolerance * Math.abs(ours[i]);
        }
        if (!same) {
            throw new PeerException("expected the numbers %s within %s, got %s; it does not do the same work"
                    .formatted(Arrays.toString(ours), tolerance, Arrays.toString(theirs)));
        }
    }
}
