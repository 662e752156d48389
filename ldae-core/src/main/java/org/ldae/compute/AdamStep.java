package org.ldae.compute;

/** The numbers of one AdamW step. One object is set anew for every step, so that a step allocates nothing. */
public final class AdamStep {

    private final double beta1;
    private final double beta2;
    private final double weightDecay;
    private final float epsilon;
    private double rate;
    private float correction1;
    private float correction2;
    private float clip = 1;
    private double averageDecay;

    /**
     * Constants of the optimiser.
     *
     * @param beta1 decay of the first moment
     * @param beta2 decay of the second moment
     * @param epsilon added to the root
     * @param weightDecay decoupled decay of those parameters that decay
     */
    public AdamStep(double beta1, double beta2, double epsilon, double weightDecay) {
        this.beta1 = beta1;
        this.beta2 = beta2;
        this.epsilon = (float) epsilon;
        this.weightDecay = weightDecay;
    }

    /**
     * Goes to a step.
     *
     * @param newRate learning rate
     * @param number of the step, from 1, for the bias correction
     * @return this
     */
    public AdamStep at(double newRate, long number) {
        rate = newRate;
        correction1 = (float) (1 / (1 - Math.pow(beta1, (double) number)));
        correction2 = (float) (1 / (1 - Math.pow(beta2, (double) number)));
        return this;
    }

    /**
     * What the gradients are multiplied by first.
     *
     * @param factor 1 unless they are clipped
     * @return this
     */
    public AdamStep clippedBy(float factor) {
        clip = factor;
        return this;
    }

    /**
     * How much of the running average stays.
     *
     * @param decay in [0, 1]
     * @return this
     */
    public AdamStep averaging(double decay) {
        averageDecay = decay;
        return this;
    }

    /**
     * Decay of the first moment.
     *
     * @return in [0, 1)
     */
    public float beta1() {
        return (float) beta1;
    }

    /**
     * Share of a gradient in the first moment.
     *
     * @return 1 - beta1
     */
    public float rest1() {
        return (float) (1 - beta1);
    }

    /**
     * Decay of the second moment.
     *
     * @return in [0, 1)
     */
    public float beta2() {
        return (float) beta2;
    }

    /**
     * Share of a squared gradient in the second moment.
     *
     * @return 1 - beta2
     */
    public float rest2() {
        return (float) (1 - beta2);
    }

    /**
     * What is added to the root of the second moment.
     *
     * @return positive
     */
    public float epsilon() {
        return epsilon;
    }

    /**
     * Rate of the corrected first moment.
     *
     * @param factor of the parameters on the rate
     * @return what the first moment is multiplied by
     */
    public float rate(float factor) {
        return factor * (float) rate * correction1;
    }

    /**
     * What the second moment is multiplied by for its bias.
     *
     * @return at least 1
     */
    public float correction2() {
        return correction2;
    }

    /**
     * What the gradients are multiplied by first.
     *
     * @return 1 unless they are clipped
     */
    public float clip() {
        return clip;
    }

    /**
     * What a parameter that decays is multiplied by.
     *
     * @param factor of the parameters on the rate
     * @return 1 without decay
     */
    public float shrink(float factor) {
        return (float) (1 - factor * rate * weightDecay);
    }

    /**
     * How much of the running average stays.
     *
     * @return in [0, 1]
     */
    public float averageDecay() {
        return (float) averageDecay;
    }

    /**
     * Share of the parameters in their running average.
     *
     * @return 1 - the decay
     */
    public float averageRest() {
        return 1 - (float) averageDecay;
    }
}
