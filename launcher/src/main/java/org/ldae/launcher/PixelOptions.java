package org.ldae.launcher;

import java.util.List;
import org.ldae.data.Normalization;
import org.ldae.exchange.EncoderFormat;
import picocli.CommandLine.Option;

/** The normalisation of pixels on the command line. */
final class PixelOptions {

    @Option(
            names = "--mean",
            split = ",",
            description = "Means of the channels on a scale from 0 to 1 (default: ImageNet's).")
    private List<Double> mean = List.of();

    @Option(names = "--deviation", split = ",", description = "Deviations of the channels, as --mean.")
    private List<Double> deviation = List.of();

    boolean given() {
        return !mean.isEmpty() || !deviation.isEmpty();
    }

    EncoderFormat apply(EncoderFormat format) {
        return given() ? format.withNormalization(Normalization.ofUnitScale(mean, deviation)) : format;
    }
}
