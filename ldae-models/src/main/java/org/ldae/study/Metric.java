package org.ldae.study;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * A number that cells measure. Those of this library are constants, so that what writes and what reads one can't disagree on
 * its name; a trial of one's own may bring others.
 *
 * @param name in files, such as {@code top1}
 * @param title in tables
 * @param unit what its values are
 */
public record Metric(String name, String title, Unit unit) implements Comparable<Metric> {

    /** What values are, and with it how they are written. */
    public enum Unit {
        /** In [0, 1], written in percent. */
        SHARE,
        /** Any number. */
        NUMBER,
        /** A whole number. */
        COUNT,
        /** Seconds, written in minutes. */
        SECONDS
    }

    /** Linear-probe top-1 of the averaged tokens, as in the paper. */
    public static final Metric AVERAGED = new Metric("top1", "averaged tokens", Unit.SHARE);

    /** Linear-probe top-1 of all tokens beside each other. */
    public static final Metric ALL_TOKENS = new Metric("top1.tokens", "all tokens", Unit.SHARE);

    /** Linear-probe top-1 of the averages of 1, 4 and 16 cells of the tokens. */
    public static final Metric CELLS = new Metric("top1.cells", "cells 1-2-4", Unit.SHARE);

    /** Top-1 of a trial's own classifier, where labels trained one. */
    public static final Metric CLASSIFIER = new Metric("accuracy", "own classifier", Unit.SHARE);

    /** Distance of generated images from real ones, by the features of a classifier trained on the study's labels. */
    public static final Metric FRECHET = new Metric("frechet", "Frechet distance", Unit.NUMBER);

    /** An upper bound on the bits of a number of test images, by the variational bound of diffusion models. */
    public static final Metric BITS = new Metric("bits", "bits per dimension", Unit.NUMBER);

    /** Of {@link #BITS}, what the levels of pixels cost given what the network makes of the cleanest latents. */
    public static final Metric BITS_OF_PIXELS = new Metric("bits.pixels", "of which pixels", Unit.NUMBER);

    /** Of {@link #BITS}, what the noisiest latents cost beside the noise that samples start from. */
    public static final Metric BITS_OF_START = new Metric("bits.start", "of which the start", Unit.NUMBER);

    /** Mean training loss of the last twentieth of the steps. */
    public static final Metric LOSS = new Metric("loss", "loss", Unit.NUMBER);

    /** Training loss of the first step. */
    public static final Metric FIRST_LOSS = new Metric("loss.first", "first loss", Unit.NUMBER);

    /** Mean squared error of the tokenizer's reconstructions of test images. */
    public static final Metric RECONSTRUCTION = new Metric("reconstruction", "reconstruction", Unit.NUMBER);

    /** Numbers that training changes. */
    public static final Metric PARAMETERS = new Metric("parameters", "parameters", Unit.COUNT);

    /** Floating-point operations of the training's products, forward and backward. */
    public static final Metric FLOPS = new Metric("flops", "FLOPs", Unit.NUMBER);

    /** Images that training saw, each as often as it was seen. */
    public static final Metric IMAGES = new Metric("images", "images", Unit.COUNT);

    /** Time of the training alone. */
    public static final Metric TRAINING_TIME = new Metric("seconds.train", "minutes", Unit.SECONDS);

    private static final List<Metric> SINGLE = List.of(
            AVERAGED,
            CELLS,
            ALL_TOKENS,
            CLASSIFIER,
            FRECHET,
            BITS,
            BITS_OF_PIXELS,
            BITS_OF_START,
            LOSS,
            FIRST_LOSS,
            RECONSTRUCTION,
            PARAMETERS,
            IMAGES,
            FLOPS,
            TRAINING_TIME);

    /** Probes of averaged tokens that differ in one whole number. */
    public enum Sweep {
        /** After each block. */
        BLOCK("depth."),
        /** At several times, in units of 1000 steps, of clean images. */
        CLEAN_TIME("time.clean."),
        /** At several times of images with that time's noise. */
        NOISY_TIME("time.noisy.");

        private final String prefix;

        Sweep(String prefix) {
            this.prefix = prefix;
        }

        /**
         * The metric at a place.
         *
         * @param place a block or time, at least 0
         * @return top-1 of the probe there
         */
        public Metric at(int place) {
            return new Metric(prefix + place, prefix + place, Unit.SHARE);
        }

        /**
         * Where a metric of this sweep lies.
         *
         * @param metric any
         * @return its block or time, empty if it is of another kind
         */
        public OptionalInt place(Metric metric) {
            String name = metric.name();
            boolean one = name.matches(prefix.replace(".", "\\.") + "\\d{1,9}");
            return one ? OptionalInt.of(Integer.parseInt(name.substring(prefix.length()))) : OptionalInt.empty();
        }
    }

    /**
     * Checks the name.
     *
     * @param name in files: letters, digits, dots and hyphens
     * @param title in tables
     * @param unit what its values are
     */
    public Metric {
        if (!name.matches("[A-Za-z0-9.-]+")) {
            throw new IllegalArgumentException(
                    "metric: expected a name of letters, digits, dots and hyphens, got '%s'".formatted(name));
        }
    }

    /**
     * A metric of this library.
     *
     * @param name as in files
     * @return empty if it is none of them
     */
    public static Optional<Metric> known(String name) {
        return Stream.concat(
                        SINGLE.stream(),
                        Arrays.stream(Sweep.values())
                                .flatMap(sweep -> sweep.place(new Metric(name, name, Unit.SHARE)).stream()
                                        .mapToObj(sweep::at)))
                .filter(metric -> metric.name().equals(name))
                .findFirst();
    }

    /**
     * The metrics of this library but for the sweeps.
     *
     * @return in no order that means anything
     */
    public static List<Metric> known() {
        return SINGLE;
    }

    /**
     * A value as tables show it.
     *
     * @param value of this metric
     * @return percent of a share, minutes of seconds
     */
    public double shown(double value) {
        return switch (unit) {
            case SHARE -> 100 * value;
            case SECONDS -> value / 60;
            default -> value;
        };
    }

    /** Metrics are ordered by name. */
    @Override
    public int compareTo(Metric other) {
        return name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return "%s (%s)".formatted(name, unit.name().toLowerCase(Locale.ROOT));
    }
}
