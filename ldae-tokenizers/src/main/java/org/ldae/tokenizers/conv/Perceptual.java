package org.ldae.tokenizers.conv;

import org.ldae.perceptual.FeatureSource;

/**
 * A perceptual loss of a {@link ConvVAE}: see {@link org.ldae.perceptual.PerceptualLoss}. The features were learnt with
 * labels, which a tokenizer for self-supervised learning must not have seen (paper, Tab. 1).
 *
 * @param features where the feature net comes from
 * @param weight of the distance, against the mean squared error of a pixel
 */
public record Perceptual(FeatureSource features, double weight) {

    /**
     * Checks the range.
     *
     * @param features where the feature net comes from
     * @param weight positive and finite
     */
    public Perceptual {
        if (!(weight > 0 && weight < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("perceptual: expected a finite weight > 0, got " + weight);
        }
    }
}
