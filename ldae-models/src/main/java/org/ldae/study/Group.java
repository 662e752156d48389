package org.ldae.study;

import java.util.EnumSet;
import java.util.Set;

/** What a trial belongs to. */
public enum Group {
    /** The rows of the deconstruction (paper, Tab. 1 to 3). */
    PATH,
    /** What the path is compared with: the same encoder untrained or trained otherwise, and none at all. */
    CONTROL,
    /** Latent dimension of each tokenizer (Tab. 2). */
    DIMENSION,
    /** Pixel noise at several resolutions with the same number of tokens (Fig. 5). */
    RESOLUTION,
    /** How latents are scaled before noise is added; the paper leaves it open. */
    SCALE,
    /** Random changes of the training images (section 5). */
    AUGMENTATION,
    /** Length of training (section 5). */
    EPOCHS,
    /** Width of the network (section 5). */
    SIZE,
    /** Beyond the paper: from l-DAE to the masked autoencoder, and what its networks are before training. */
    LADDER,
    /** Beyond the paper: a UNet, contrastive learning and labels at equal work, beside the ladder. */
    NEIGHBOURS,
    /** Number of noise levels, as NCSN counts them, of a network that is not told which. */
    LEVELS,
    /** What a caller adds to a study. */
    OWN;

    /**
     * What a study runs unless told otherwise: the paper's rows, controls and ablations.
     *
     * @return all groups up to {@link #SIZE}
     */
    public static Set<Group> published() {
        return EnumSet.range(PATH, SIZE);
    }

    /**
     * Its name in files and options.
     *
     * @return in lower case
     */
    public String key() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
