package org.ldae.figures;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.ldae.core.Shapes;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Rows of weights {@code [K, P*P*C]} as patch images, and the scale to read them by. */
final class Filters {

    private final FilterScale scale;
    private final float[][] weights;
    private final int[] lengths;
    private final float largest;

    private Filters(FilterScale scale, float[][] weights, int[] lengths) {
        this.scale = scale;
        this.weights = weights;
        this.lengths = lengths;
        float max = 0;
        for (float[] group : weights) {
            max = Math.max(max, largest(group, 0, group.length));
        }
        largest = max;
    }

    static Filters of(List<INDArray> groups, FilterScale scale) {
        float[][] weights = new float[groups.size()][];
        int[] lengths = new int[weights.length];
        for (int g = 0; g < weights.length; g++) {
            INDArray group = Shapes.require("filters", groups.get(g), "K P*P*C", Shapes.ANY, Shapes.ANY);
            lengths[g] = Math.toIntExact(group.size(1));
            weights[g] = Shapes.contiguous(group).data().asFloat();
            side(lengths[g]);
            requireFinite(weights[g], lengths[g]);
        }
        return new Filters(scale, weights, lengths);
    }

    /** A list of patch images for each group. */
    List<List<BufferedImage>> tiles() {
        List<List<BufferedImage>> tiles = new ArrayList<>();
        for (int g = 0; g < weights.length; g++) {
            tiles.add(Tiles.of("filters", images(weights[g], lengths[g])));
        }
        return tiles;
    }

    /** The picture with the scale below it. */
    BufferedImage explained(BufferedImage picture) {
        if (scale == FilterScale.PER_FILTER) {
            return Footer.scale(picture, "-max", "+max: largest absolute weight of each filter");
        }
        String end = String.format(Locale.ROOT, "%.3g", largest);
        return Footer.scale(picture, "-" + end, "+" + end + " for all filters");
    }

    private INDArray images(float[] group, int length) {
        int side = side(length);
        int channels = length / (side * side);
        float[] pixels = new float[group.length];
        for (int row = 0; row < group.length; row += length) {
            float max = scale == FilterScale.COMMON ? largest : largest(group, row, row + length);
            float factor = max > 0 ? 1 / max : 0;
            for (int i = 0; i < length; i++) {
                int pixel = i / channels;
                int channel = i % channels;
                pixels[row + channel * side * side + pixel] = factor * group[row + i];
            }
        }
        return Nd4j.createFromArray(pixels).reshape('c', group.length / length, channels, side, side);
    }

    /** The patch side; a length can't be both a square and three times one. */
    private static int side(int length) {
        for (int channels : new int[] {1, 3}) {
            int side = (int) Math.round(Math.sqrt((double) length / channels));
            if (length > 0 && side * side * channels == length) {
                return side;
            }
        }
        throw new IllegalArgumentException(
                "filters: expected [K, P*P*C] with C = 1 (grey) or 3 (red, green, blue), got rows of %d; give whole rows of a patch basis"
                        .formatted(length));
    }

    private static float largest(float[] values, int from, int to) {
        float max = 0;
        for (int i = from; i < to; i++) {
            max = Math.max(max, Math.abs(values[i]));
        }
        return max;
    }

    private static void requireFinite(float[] weights, int length) {
        for (int i = 0; i < weights.length; i++) {
            if (!Float.isFinite(weights[i])) {
                throw new IllegalArgumentException("filters: expected finite weights, got %s in row %d at %d"
                        .formatted(weights[i], i / length, i % length));
            }
        }
    }
}
