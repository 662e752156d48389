package org.ldae.sampling;

/**
 * An upper bound on what it takes to store an image's numbers without loss, on average.
 *
 * @param terms of the bound
 * @param standardError of their sum, from how images differ and from the draws
 * @param images number of images
 * @param samples times drawn for each of them
 */
public record BitsPerDimension(Terms terms, double standardError, int images, int samples) {

    /**
     * Bits a number, by where they come from.
     *
     * @param prior for how far the noisiest latents are from the noise that samples start from
     * @param reconstruction for levels of pixels given what the network makes of the cleanest latents
     * @param diffusion for the network's errors in between
     */
    public record Terms(double prior, double reconstruction, double diffusion) {}

    /**
     * The bound.
     *
     * @return bits a number, the sum of the three terms
     */
    public double total() {
        return terms.prior + terms.reconstruction + terms.diffusion;
    }
}
