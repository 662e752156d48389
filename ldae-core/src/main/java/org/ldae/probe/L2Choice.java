package org.ldae.probe;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The L2 penalty of a probe: one value, or several of which the best on a held-out part of the training set is taken.
 *
 * <p>The held-out part is a seeded, stratified share of the training rows; after the choice the probe is fitted again on
 * all rows. The test set plays no part.
 *
 * @param candidates positive values, strongest first
 * @param heldOut share of each class held out to choose among several, in (0, 1); 0 where there is one
 */
public record L2Choice(List<Double> candidates, double heldOut) {

    private static final double HELD_OUT = 0.1;

    /**
     * Checks and sorts the candidates.
     *
     * @param candidates positive values, in any order
     * @param heldOut share in (0, 1) for several candidates, 0 for one
     */
    public L2Choice {
        candidates = candidates.stream()
                .sorted((a, b) -> Double.compare(b, a))
                .distinct()
                .toList();
        if (candidates.isEmpty() || !candidates.stream().allMatch(v -> v > 0 && v < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("l2: expected positive numbers, got " + candidates);
        }
        if (candidates.size() == 1 ? heldOut != 0 : !(heldOut > 0 && heldOut < 1)) {
            throw new IllegalArgumentException(
                    "heldOut: expected a share in (0, 1) for several L2 values and 0 for one, got %s for %d"
                            .formatted(heldOut, candidates.size()));
        }
    }

    /**
     * One value, nothing held out.
     *
     * @param value positive
     * @return the choice
     */
    public static L2Choice fixed(double value) {
        return new L2Choice(List.of(value), 0);
    }

    /**
     * The best of several on 10% held out.
     *
     * @param values at least two different positive values, in any order
     * @return the choice
     */
    public static L2Choice among(double... values) {
        return new L2Choice(Arrays.stream(values).boxed().toList(), HELD_OUT);
    }

    /**
     * The best of {@code 1, 10^-0.5, 10^-1, ... 10^-4} on 10% held out.
     *
     * @return the choice
     */
    public static L2Choice standardGrid() {
        double[] values = new double[9];
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.pow(10, -0.5 * i);
        }
        return among(values);
    }

    /**
     * Holds out another share.
     *
     * @param share in (0, 1)
     * @return a copy
     */
    public L2Choice withHeldOut(double share) {
        return new L2Choice(candidates, share);
    }

    boolean isFixed() {
        return candidates.size() == 1;
    }

    /** Such as "L2 chosen among 9 values from 1 to 0.0001 on 10% of the training images". */
    String describe() {
        String strongest = number(candidates.get(0));
        if (isFixed()) {
            return "L2 " + strongest;
        }
        return String.format(
                Locale.ROOT,
                "L2 chosen among %d values from %s to %s on %s%% of the training images",
                candidates.size(),
                strongest,
                number(candidates.get(candidates.size() - 1)),
                number(100 * heldOut));
    }

    /** A number with three digits, without zeros at its end. */
    static String number(double value) {
        return new BigDecimal(value)
                .round(new MathContext(3))
                .stripTrailingZeros()
                .toPlainString();
    }

    /** Such as "L2 0.00316 chosen on 10% held out". */
    String describe(double chosen) {
        String value = String.format(Locale.ROOT, "L2 %.3g", chosen);
        if (isFixed()) {
            return value;
        }
        boolean edge = chosen == candidates.get(0) || chosen == candidates.get(candidates.size() - 1);
        return String.format(
                Locale.ROOT, "%s%s chosen on %.0f%% held out", value, edge ? " (end of the grid)" : "", 100 * heldOut);
    }
}
