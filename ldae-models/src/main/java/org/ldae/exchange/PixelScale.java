package org.ldae.exchange;

import org.ldae.data.Normalization;
import org.ldae.nn.Parameters;
import org.ldae.transformer.VisionTransformer;

/** Puts the input normalisation of an encoder into the layer that embeds patches, so that it reads pixels in [-1, 1] as ours. */
final class PixelScale {

    private static final String WEIGHT = VisionTransformer.EMBED + ".weight";
    private static final String BIAS = VisionTransformer.EMBED + ".bias";

    private PixelScale() {}

    /** {@code ((x - mean) / deviation) W^T + b} as a product with x. */
    static void fold(Parameters parameters, Normalization normalization) {
        int channels = normalization.means().size();
        double[] factors = new double[channels];
        double[] shifts = new double[channels];
        for (int c = 0; c < channels; c++) {
            factors[c] = 1 / normalization.deviations().get(c);
            shifts[c] = -normalization.means().get(c) * factors[c];
        }
        apply(parameters, factors, shifts);
    }

    /** The inverse of {@link #fold}: {@code (x deviation + mean)} is what the layer expects. */
    static void unfold(Parameters parameters, Normalization normalization) {
        apply(
                parameters,
                normalization.deviations().stream()
                        .mapToDouble(Double::doubleValue)
                        .toArray(),
                normalization.means().stream().mapToDouble(Double::doubleValue).toArray());
    }

    /** Makes the layer's weights those of pixels y with {@code y factor + shift} in place of its own. */
    private static void apply(Parameters parameters, double[] factors, double[] shifts) {
        float[] weight = parameters.view(parameters.values(), WEIGHT).toArray();
        float[] bias = parameters.view(parameters.values(), BIAS).toArray();
        int inputs = weight.length / bias.length;
        for (int m = 0; m < bias.length; m++) {
            double sum = bias[m];
            for (int i = m * inputs; i < (m + 1) * inputs; i++) {
                int c = i % factors.length;
                sum += weight[i] * shifts[c];
                weight[i] = (float) (weight[i] * factors[c]);
            }
            bias[m] = (float) sum;
        }
        parameters.view(parameters.values(), WEIGHT).put(weight);
        parameters.view(parameters.values(), BIAS).put(bias);
    }
}
