package org.ldae.perceptual;

import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;

/** Where a recipe takes a feature net from, as a plain value: trained on the labelled images, or read from a file. */
public sealed interface FeatureSource permits FeatureNet.Options, FeatureFile {

    /**
     * Trains or reads the net.
     *
     * @param images the images it is for
     * @param rng key of everything random in it
     * @param progress told as training goes on
     * @return the net; close it to free its memory
     * @throws IllegalArgumentException if the images lack labels to train with or the net can't read their channels
     * @throws java.io.UncheckedIOException if a file can't be read or is not the one that was named
     */
    FeatureNet obtain(ImageSource images, Rng rng, Progress progress);
}
