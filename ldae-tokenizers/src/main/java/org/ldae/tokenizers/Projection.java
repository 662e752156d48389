package org.ldae.tokenizers;

import org.ldae.data.ImageSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The linear maps between images and scaled latents, in float32 on blocks of images; safe to share between threads. */
final class Projection {

    private final Patches patches;
    private final float[] meanPatch;
    private final INDArray encoder;
    private final INDArray decoder;
    private final int dimension;

    Projection(Patches patches, PrincipalBasis basis, double[] scale) {
        this.patches = patches;
        this.meanPatch = PrincipalBasis.floats(basis.mean());
        this.encoder = basis.encoder(scale);
        this.decoder = basis.decoder(scale);
        this.dimension = scale.length;
    }

    /** Images {@code [items, C, H, W]} to latents {@code [items, L, D]}. */
    void encode(float[] images, float[] latents, int items) {
        int imageSize = patches.grid().image().size();
        float[] centred = new float[items * imageSize];
        for (int i = 0; i < items; i++) {
            patches.gather(images, i * imageSize, centred, i * imageSize);
        }
        // Centring before the product keeps the digits that a large mean folded into a bias would cancel.
        for (int from = 0; from < centred.length; from += meanPatch.length) {
            for (int j = 0; j < meanPatch.length; j++) {
                centred[from + j] -= meanPatch[j];
            }
        }
        Blockwise.multiply(centred, encoder, latents, items * patches.grid().tokens());
    }

    /** Latents {@code [items, L, D]} to images {@code [items, C, H, W]}. */
    void decode(float[] latents, float[] images, int items) {
        int imageSize = patches.grid().image().size();
        float[] decoded = new float[items * imageSize];
        Blockwise.multiply(latents, decoder, decoded, items * patches.grid().tokens());
        for (int from = 0; from < decoded.length; from += meanPatch.length) {
            for (int j = 0; j < meanPatch.length; j++) {
                decoded[from + j] += meanPatch[j];
            }
        }
        for (int i = 0; i < items; i++) {
            patches.scatter(decoded, i * imageSize, images, i * imageSize);
        }
    }

    /** Mean squared error a pixel of encoding and decoding, a block of images at a time. */
    double meanSquaredError(ImageSource images) {
        int imageSize = images.shape().size();
        int block = Math.min(images.size(), Blockwise.items(imageSize));
        float[] pixels = new float[block * imageSize];
        float[] latents = new float[block * patches.grid().tokens() * dimension];
        float[] decoded = new float[pixels.length];
        double sum = 0;
        for (int first = 0; first < images.size(); first += block) {
            int items = Math.min(block, images.size() - first);
            for (int i = 0; i < items; i++) {
                images.read(first + i, pixels, i * imageSize);
            }
            encode(pixels, latents, items);
            decode(latents, decoded, items);
            for (int i = 0; i < items * imageSize; i++) {
                double difference = (double) decoded[i] - pixels[i];
                sum += difference * difference;
            }
        }
        return sum / images.size() / imageSize;
    }
}
