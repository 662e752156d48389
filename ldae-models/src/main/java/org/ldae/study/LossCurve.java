package org.ldae.study;

import java.util.ArrayList;
import java.util.List;

/**
 * Losses of a training as they are kept: means over stretches of steps, so that a long run takes no more room than a short
 * one.
 *
 * @param stage what was trained
 * @param steps how many there were
 * @param stretch steps that each mean is of; the last one may be of fewer
 * @param losses a mean for each stretch
 */
public record LossCurve(String stage, int steps, int stretch, List<Double> losses) {

    private static final int MOST = 200;

    /**
     * Copies the losses.
     *
     * @param stage what was trained
     * @param steps how many there were
     * @param stretch steps that each mean is of
     * @param losses a mean for each stretch
     */
    public LossCurve {
        losses = List.copyOf(losses);
    }

    /**
     * The curve of a training.
     *
     * @param stage what was trained
     * @param losses one a step
     * @return at most 200 means
     */
    public static LossCurve of(String stage, List<Double> losses) {
        int stretch = Math.max(1, (losses.size() + MOST - 1) / MOST);
        List<Double> means = new ArrayList<>();
        for (int from = 0; from < losses.size(); from += stretch) {
            means.add(losses.subList(from, Math.min(losses.size(), from + stretch)).stream()
                    .mapToDouble(Double::doubleValue)
                    .average()
                    .orElseThrow());
        }
        return new LossCurve(stage, losses.size(), stretch, means);
    }
}
