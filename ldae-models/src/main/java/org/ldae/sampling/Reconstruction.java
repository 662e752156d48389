package org.ldae.sampling;

import java.util.Arrays;
import org.ldae.core.ImageShape;
import org.ldae.core.NdArrays;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;
import org.ldae.tokenizers.Tokenizer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Images as a network sees them at one level of noise: encoded, noised, its estimate of the clean latents decoded.
 *
 * @param tokenizer encodes and decodes
 * @param estimate of the network
 */
record Reconstruction(Tokenizer tokenizer, DiffusionBound.Estimate estimate) {

    static final int IMAGES_AT_ONCE = 64;

    /** Training images that say where the bound is lowest: few, since about as low is as good. */
    private static final int TRIED_IMAGES = 128;

    /** Levels tried, half a unit of logSNR apart where a schedule has all that a bound may have. */
    private static final int TRIED_LEVELS = 48;

    /** Images {@code first} on, {@code [N, C, H, W]}, at most {@link #IMAGES_AT_ONCE}. */
    static INDArray block(ImageSource images, int first) {
        ImageShape shape = images.shape();
        int count = Math.min(IMAGES_AT_ONCE, images.size() - first);
        float[] pixels = new float[count * shape.size()];
        for (int i = 0; i < count; i++) {
            images.readFinite(first + i, pixels, i * shape.size());
        }
        return Nd4j.createFromArray(pixels).reshape('c', count, shape.channels(), shape.height(), shape.width());
    }

    /**
     * What comes back of latents.
     *
     * @param clean {@code [N, ...]}
     * @param bound whose schedule noises
     * @param logSnr the level
     * @param rng key of the noise
     * @return their estimate and the decoded images
     */
    Seen seen(INDArray clean, DiffusionBound bound, double logSnr, Rng rng) {
        double[] levels = new double[(int) clean.size(0)];
        Arrays.fill(levels, logSnr);
        float[] latents = bound.seen(clean, estimate, levels, rng);
        try (INDArray z = NdArrays.of(latents, clean.shape());
                INDArray images = tokenizer.decode(z)) {
            return new Seen(latents, NdArrays.floats(images));
        }
    }

    /** An estimate and the images it decodes to. */
    static final class Seen {
        final float[] latents;
        final float[] pixels;

        private Seen(float[] latents, float[] pixels) {
            this.latents = latents;
            this.pixels = pixels;
        }
    }

    /** Mean squares of what is missed at a level. */
    private record Missed(double latents, double pixels) {}

    private Missed missed(ImageSource images, DiffusionBound bound, double logSnr) {
        double latents = 0;
        double pixels = 0;
        for (int first = 0; first < images.size(); first += IMAGES_AT_ONCE) {
            try (INDArray block = block(images, first);
                    INDArray clean = tokenizer.encode(block)) {
                Seen seen = seen(clean, bound, logSnr, Rng.of(0).stream("width").at(first));
                latents += DiffusionBound.squaredErrors(NdArrays.floats(clean), seen.latents, 1)[0];
                pixels += DiffusionBound.squaredErrors(NdArrays.floats(block), seen.pixels, 1)[0];
            }
        }
        return new Missed(
                latents / images.size(), pixels / images.size() / images.shape().size());
    }

    /** Root mean square of decoded less true pixels. */
    double deviation(ImageSource images, DiffusionBound bound, double logSnr) {
        return Math.max(1e-6, Math.sqrt(missed(images, bound, logSnr).pixels));
    }

    /**
     * Where a bound is to begin to be lowest: noise below that level costs the network more than the pixels that it tells.
     *
     * @param images of training
     * @param bound of all levels that it may have
     * @return logSNR between its ends
     */
    double lowest(ImageSource images, DiffusionBound bound) {
        ImageSource tried = images.limit(TRIED_IMAGES);
        double range = bound.cleanest() - bound.noisiest();
        double best = Double.POSITIVE_INFINITY;
        double where = bound.cleanest();
        double diffusion = 0;
        double before = 0;
        for (int i = 0; i <= TRIED_LEVELS; i++) {
            double logSnr = bound.noisiest() + range * i / TRIED_LEVELS;
            Missed missed = missed(tried, bound, logSnr);
            double rate = 0.5 * Math.exp(logSnr) * missed.latents;
            diffusion += i == 0 ? 0 : 0.5 * (before + rate) * range / TRIED_LEVELS;
            before = rate;
            double total = diffusion + images.shape().size() * PixelLevels.entropy(Math.sqrt(missed.pixels));
            if (i > 0 && total < best) {
                best = total;
                where = logSnr;
            }
        }
        return where;
    }
}
