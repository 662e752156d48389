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

    private static final int SMOOTHED_STEPS = 50;

    private Curves() {}

    static BufferedImage loss(double[] losses) {
        Series steps = Series.ofSteps("each step", losses).faint();
        Series mean = steps.runningMean("mean of the last %d steps".formatted(SMOOTHED_STEPS), SMOOTHED_STEPS);
        ChartOptions options = ChartOptions.titled("Training loss").withAxes("step", "loss");
        boolean positive = Arrays.stream(losses).allMatch(loss -> loss > 0);
        return LineChart.draw(List.of(steps, mean), positive ? options.withLogY() : options);
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
