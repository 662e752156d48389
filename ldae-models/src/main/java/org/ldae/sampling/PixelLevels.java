package org.ldae.sampling;

import java.util.Optional;

/**
 * Pixels of 256 levels in [-1, 1] and their probability given a decoded image: a Gaussian around it over the levels (Kingma et
 * al. 2021). It is a distribution whatever the tokenizer, so that the bound holds for all of them; what it and the
 * network miss goes into the Gaussian's width.
 *
 * @param deviation of the decoded from the true pixels, positive
 */
record PixelLevels(double deviation) {

    private static final int LEVELS = 256;
    private static final double STEP = 2.0 / (LEVELS - 1);

    /** Float32's rounding of a level. */
    private static final double ROUNDING = 1e-5;

    /** Deviations beyond which levels count for nothing. */
    private static final double FAR = 12;

    private static double value(int level) {
        return level * STEP - 1;
    }

    private static int level(double pixel) {
        return (int) Math.rint((pixel + 1) / STEP);
    }

    /** Nats of a Gaussian's numbers rounded to levels, about: none where it is much narrower than a level, all levels' at most. */
    static double entropy(double deviation) {
        double wide = 0.5 * Math.log(2 * Math.PI * Math.E) + Math.log(deviation / STEP);
        return Math.min(Math.max(0, wide), Math.log(LEVELS));
    }

    /** The first pixel that is on none of the levels. */
    static Optional<String> problem(float... pixels) {
        for (double pixel : pixels) {
            int level = level(pixel);
            if (level < 0 || level >= LEVELS || !(Math.abs(value(level) - pixel) <= ROUNDING)) {
                return Optional.of(
                        "expected pixels of 256 levels in [-1, 1], as decoders give them, got %s; leave out normalization and resizing"
                                .formatted(pixel));
            }
        }
        return Optional.empty();
    }

    /**
     * Minus the logarithm of the true levels' probability.
     *
     * @param pixels the image
     * @param decoded what a decoder makes of its cleanest latents
     * @return nats
     */
    double nats(float[] pixels, float... decoded) {
        problem(pixels).ifPresent(problem -> {
            throw new IllegalArgumentException("likelihood: " + problem);
        });
        double sum = 0;
        for (int i = 0; i < pixels.length; i++) {
            sum += nats(level(pixels[i]), decoded[i]);
        }
        return sum;
    }

    private double nats(int level, double decoded) {
        int from = Math.min(level, (int) Math.max(0, (decoded + 1 - FAR * deviation) / STEP));
        int to = Math.max(level, (int) Math.min(LEVELS - 1.0, Math.ceil((decoded + 1 + FAR * deviation) / STEP)));
        double largest = Double.NEGATIVE_INFINITY;
        for (int v = from; v <= to; v++) {
            largest = Math.max(largest, logit(v, decoded));
        }
        double odds = 0;
        for (int v = from; v <= to; v++) {
            odds += Math.exp(logit(v, decoded) - largest);
        }
        return largest + Math.log(odds) - logit(level, decoded);
    }

    private double logit(int level, double decoded) {
        double apart = (value(level) - decoded) / deviation;
        return -0.5 * apart * apart;
    }
}
