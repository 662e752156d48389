package org.ldae.compute;

/** Element-wise non-linearities. */
public enum Activation {
    /** max(x, 0); its slope at 0 is 0. */
    RELU,
    /** max(x, 0.2 x), as the discriminators of GANs use; its slope at 0 is 0.2. */
    LEAKY_RELU,
    /** x Phi(x) with Phi's tanh approximation, as DiT uses. */
    GELU_TANH,
    /** x Phi(x) with the error function, as MAE and ViT use. */
    GELU_ERF,
    /** x sigmoid(x). */
    SILU
}
