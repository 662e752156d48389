package org.ldae.sampling;

/**
 * An upper bound on what it takes to store an image's numbers without loss, on average.
 *
 * @param total bits a number; the sum of the three
 * @param standardError of the total, from how images differ and from the draws
 * @param prior bits for how far the noisiest latents are from the noise that samples start from
 * @param reconstruction bits for levels of pixels given the cleanest latents
 * @param diffusion bits for the network's errors in between
 * @param images number of images
 * @param samples times drawn for each of them
 */
public record BitsPerDimension(
        double total,
        double standardError,
        double prior,
        double reconstruction,
        double diffusion,
        int images,
        int samples) {}
