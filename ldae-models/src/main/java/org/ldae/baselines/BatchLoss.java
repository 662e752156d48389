package org.ldae.baselines;

/** A loss over the embeddings of a whole batch, two views of each image in neighbouring rows. */
interface BatchLoss {

    /** Where parts write what they embed. */
    float[] numbers();

    /** Computes value and gradients of the {@link #numbers}. */
    void differentiate();

    double value();

    /** Of the first {@code 2 N d} numbers: keys beyond have none. */
    float[] gradients();

    /** How far apart the views lie, in [0, 1]; 0 is a collapse. */
    double spread();
}
