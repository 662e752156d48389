package org.ldae.transformer;

import org.ldae.compute.Activation;
import org.ldae.nn.Norm;

/**
 * What the layers of a vision transformer that was trained elsewhere have beside or instead of DiT's. Class token and last norm
 * are an encoder's alone; denoisers have neither.
 *
 * @param classToken whether a learnt token comes before the patches
 * @param learntPositions whether positions are parameters, {@code [L, M]} or {@code [1 + L, M]} with the class token's first,
 *     instead of fixed sines and cosines
 * @param lastNorm whether tokens are normalised after the encoder's last block
 * @param activation non-linearity of the MLPs
 * @param epsilon what every LayerNorm adds to the variance, positive
 */
public record Variant(
        boolean classToken, boolean learntPositions, boolean lastNorm, Activation activation, double epsilon) {

    private static final Variant NONE = new Variant(false, false, false, Activation.GELU_TANH, Norm.EPSILON);

    /**
     * Checks the epsilon.
     *
     * @param classToken whether a learnt token comes before the patches
     * @param learntPositions whether positions are parameters instead of fixed sines and cosines
     * @param lastNorm whether tokens are normalised after the encoder's last block
     * @param activation non-linearity of the MLPs
     * @param epsilon what every LayerNorm adds to the variance, positive
     */
    public Variant {
        if (!(epsilon > 0 && epsilon < 1)) {
            throw new IllegalArgumentException("variant: expected an epsilon in (0, 1), got " + epsilon);
        }
    }

    /**
     * DiT's form: no class token, fixed positions, GELU by tanh, epsilon 1e-6.
     *
     * @return what differs in nothing
     */
    public static Variant none() {
        return NONE;
    }

    /**
     * With a class token before the patches, or without one.
     *
     * @param present whether there is one
     * @return a copy
     */
    public Variant withClassToken(boolean present) {
        return new Variant(present, learntPositions, lastNorm, activation, epsilon);
    }

    /**
     * With positions that are parameters, or with fixed ones.
     *
     * @param learnt whether they are parameters
     * @return a copy
     */
    public Variant withLearntPositions(boolean learnt) {
        return new Variant(classToken, learnt, lastNorm, activation, epsilon);
    }

    /**
     * With a norm after the encoder's last block, or without one.
     *
     * @param present whether there is one
     * @return a copy
     */
    public Variant withLastNorm(boolean present) {
        return new Variant(classToken, learntPositions, present, activation, epsilon);
    }

    /**
     * Another non-linearity of the MLPs.
     *
     * @param f such as {@link Activation#GELU_ERF} of timm and MAE
     * @return a copy
     */
    public Variant withActivation(Activation f) {
        return new Variant(classToken, learntPositions, lastNorm, f, epsilon);
    }

    /**
     * Another epsilon of every LayerNorm.
     *
     * @param newEpsilon what is added to the variance, positive
     * @return a copy
     */
    public Variant withEpsilon(double newEpsilon) {
        return new Variant(classToken, learntPositions, lastNorm, activation, newEpsilon);
    }

    /** Tokens of an image before those of its patches. */
    int leading() {
        return classToken ? 1 : 0;
    }
}
