package org.ldae.objective;

/** Where the network reads or predicts. */
public enum Space {
    /** Latent tokens {@code [N, L, D]}. */
    LATENT,
    /** Image patches {@code [N, L, P*P*C]}, by the tokenizer's inverse (paper, Tab. 3). */
    IMAGE
}
