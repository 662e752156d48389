package org.ldae.figures;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.ldae.core.Shapes;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Line charts of known things. */
final class Curves {

    /** A mean is of a tenth of the steps, and at most of so many. */
    private static final int MOST_SMOOTHED = 50;

    /** Fewer steps are shown as they are. */
    private static final int LEAST_SMOOTHED = 30;

    /** Losses that fall by less are on a linear axis, which has more round numbers. */
    private static final double LEAST_FACTOR = 3;

    private Curves() {}

    static BufferedImage loss(double[] losses) {
        Series steps = Series.ofSteps("each step", losses);
        ChartOptions options = ChartOptions.titled("Training loss").withAxes("step", "loss");
        double low = Arrays.stream(losses).min().orElseThrow();
        double high = Arrays.stream(losses).max().orElseThrow();
        ChartOptions scaled = low > 0 && high > LEAST_FACTOR * low ? options.withLogY() : options;
        if (losses.length < LEAST_SMOOTHED) {
            return LineChart.draw(List.of(steps), scaled);
        }
        int window = Math.min(MOST_SMOOTHED, losses.length / 10);
        Series mean = steps.runningMean("mean of %s steps".formatted(window), window);
        return LineChart.draw(List.of(steps.faint(), mean), scaled);
    }

    static BufferedImage explainedVariance(double[] variances) {
        double sum = Arrays.stream(variances).sum();
        for (int i = 0; i < variances.length; i++) {
            if (!(variances[i] >= 0) || (i > 0 && variances[i] > variances[i - 1])) {
                throw new IllegalArgumentException(
                        "variances: expected numbers of at least 0 in falling order, got %s at %d"
                                .formatted(variances[i], i));
            }
        }
        if (!(sum > 0) || Double.isInfinite(sum)) {
            throw new IllegalArgumentException(
                    "variances: expected some variance and a finite sum, got %d numbers with the sum %s"
                            .formatted(variances.length, sum));
        }
        double[] each = Arrays.stream(variances).map(v -> 100 * v / sum).toArray();
        double[] cumulative = each.clone();
        Arrays.parallelPrefix(cumulative, Double::sum);
        return LineChart.draw(
                List.of(Series.ofSteps("all up to this component", cumulative), Series.ofSteps("this component", each)),
                ChartOptions.titled("Explained variance")
                        .withAxes("principal component", "share of the variance (%)")
                        .withLogX());
    }

    static BufferedImage map(INDArray points, int[] labels, List<String> classNames, ChartOptions options) {
        Shapes.require("points", points, "N 2", labels.length, 2);
        float[] numbers = Shapes.contiguous(points).data().asFloat();
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] < 0 || labels[i] >= classNames.size()) {
                throw new IllegalArgumentException("labels: expected classes 0 to %d as there are names, got %d at %d"
                        .formatted(classNames.size() - 1, labels[i], i));
            }
        }
        List<Series> classes = new ArrayList<>();
        for (int k = 0; k < classNames.size(); k++) {
            int label = k;
            int[] members = IntStream.range(0, labels.length)
                    .filter(i -> labels[i] == label)
                    .toArray();
            if (members.length > 0) {
                double[] x =
                        Arrays.stream(members).mapToDouble(i -> numbers[2 * i]).toArray();
                double[] y = Arrays.stream(members)
                        .mapToDouble(i -> numbers[2 * i + 1])
                        .toArray();
                classes.add(Series.of(classNames.get(k), x, y).points());
            }
        }
        return LineChart.draw(classes, options);
    }
}
