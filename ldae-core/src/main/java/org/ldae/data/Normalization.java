package org.ldae.data;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A mean and a standard deviation for each channel, on the images' scale from -1 to 1.
 *
 * @param means one a channel, finite
 * @param deviations one a channel, positive and finite
 */
public record Normalization(List<Double> means, List<Double> deviations) {

    /**
     * Checks the numbers.
     *
     * @param means one a channel, finite
     * @param deviations one a channel, positive and finite
     */
    public Normalization {
        means = List.copyOf(means);
        deviations = List.copyOf(deviations);
        if (means.isEmpty() || means.size() != deviations.size()) {
            throw new IllegalArgumentException(
                    "normalization: expected as many means as deviations, got %s and %s".formatted(means, deviations));
        }
        if (!means.stream().allMatch(Double::isFinite)
                || !deviations.stream().allMatch(deviation -> deviation > 0 && Double.isFinite(deviation))) {
            throw new IllegalArgumentException(
                    "normalization: expected finite means and positive deviations, got %s and %s"
                            .formatted(means, deviations));
        }
    }

    /**
     * The usual numbers of ImageNet's training images, (0.485, 0.456, 0.406) and (0.229, 0.224, 0.225) on a scale from 0
     * to 1.
     *
     * @return means and deviations of red, green and blue
     */
    public static Normalization imageNet() {
        return ofUnitScale(List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225));
    }

    /**
     * Numbers as they are usually published, on a scale from 0 to 1.
     *
     * @param means one a channel
     * @param deviations one a channel
     * @return the same on the scale from -1 to 1
     */
    public static Normalization ofUnitScale(List<Double> means, List<Double> deviations) {
        return new Normalization(
                means.stream().map(mean -> 2 * mean - 1).toList(),
                deviations.stream().map(deviation -> 2 * deviation).toList());
    }

    /**
     * Measures a source, over all pixels of all its images.
     *
     * @param images read once, each
     * @return its means and standard deviations (of the population)
     * @throws IllegalArgumentException if a channel is the same everywhere
     */
    public static Normalization of(ImageSource images) {
        int channels = images.shape().channels();
        int plane = images.shape().height() * images.shape().width();
        float[] image = new float[images.shape().size()];
        double[] sums = new double[channels];
        double[] squares = new double[channels];
        for (int i = 0; i < images.size(); i++) {
            images.readFinite(i, image, 0);
            for (int j = 0; j < image.length; j++) {
                sums[j / plane] += image[j];
                squares[j / plane] += (double) image[j] * image[j];
            }
        }
        double count = (double) images.size() * plane;
        List<Double> means = Arrays.stream(sums).mapToObj(sum -> sum / count).toList();
        List<Double> deviations = IntStream.range(0, channels)
                .mapToObj(c -> Math.sqrt(Math.max(0, squares[c] / count - means.get(c) * means.get(c))))
                .toList();
        return new Normalization(means, deviations);
    }
}
