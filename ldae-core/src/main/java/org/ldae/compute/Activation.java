package org.ldae.compute;

/** Element-wise non-linearities. */
public enum Activation {
    /** x Phi(x) with Phi's tanh approximation, as DiT uses. */
    GELU_TANH,
    /** x Phi(x) with the error function, as MAE and ViT use. */
    GELU_ERF,
    /** x sigmoid(x). */
    SILU
}
