package org.ldae.baselines;

/** A loss over the embeddings of a whole batch, two views of each image in neighbouring rows. */
abstract class BatchLoss {

    private final float[] numbers;
    private final float[] gradients;
    private double value;

    /** A loss over some numbers, the first of which have gradients: keys beyond have none. */
    BatchLoss(int numbers, int differentiated) {
        this.numbers = new float[numbers];
        this.gradients = new float[differentiated];
    }

    /** Where parts write what they embed. */
    float[] numbers() {
        return numbers;
    }

    /** Computes value and gradients of the {@link #numbers}. */
    void differentiate() {
        value = differentiate(numbers, gradients);
    }

    /** The value for some numbers, whose gradients it writes. */
    abstract double differentiate(float[] numbers, float[] gradients);

    double value() {
        return value;
    }

    /** Of the first {@code 2 N d} numbers. */
    float[] gradients() {
        return gradients;
    }

    /** How far apart the views lie, in [0, 1]; 0 is a collapse. */
    abstract double spread();
}
