package org.ldae.study;

import java.util.Locale;

/** What the path is compared with. */
public enum Control {
    /** The network before its first step, as a plain transformer. */
    RANDOM_ENCODER("a plain ViT, untrained"),
    /** No encoder at all. */
    RAW_PIXELS("pixels as they are"),
    /** The tokenizer alone. */
    PCA_LATENTS("latents of l-DAE's tokenizer"),
    /** An autoencoder. */
    PLAIN_AE("l-DAE without noise"),
    /** The classical denoising autoencoder's noise. */
    PIXEL_NOISE("l-DAE with noise on pixels"),
    /** He et al. 2022. */
    MAE("masked autoencoder with l-DAE's encoder"),
    /** Chen et al. 2020. */
    SIMCLR("SimCLR with l-DAE's encoder"),
    /** Chen et al. 2021. */
    MOCO_V3("MoCo v3 with l-DAE's encoder"),
    /** The network of Ho et al. 2020 at the beginning of the path. */
    UNET_DDM("the first row with a UNet"),
    /** The same at its end. */
    UNET("l-DAE with a UNet"),
    /** An upper line. */
    SUPERVISED("l-DAE's encoder trained with labels"),
    /** An upper line that starts at l-DAE. */
    FINE_TUNED("l-DAE, then trained on with labels");

    private final String title;

    Control(String title) {
        this.title = title;
    }

    /**
     * Its name in files, options and results.
     *
     * @return such as {@code raw-pixels}
     */
    public String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * What it is.
     *
     * @return in words
     */
    public String title() {
        return title;
    }
}
