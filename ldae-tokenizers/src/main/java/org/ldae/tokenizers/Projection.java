package org.ldae.tokenizers;

import org.nd4j.linalg.api.ndarray.INDArray;

/** The linear maps between images and scaled latents, in float32 on blocks of images; safe to share between threads. */
final class Projection {

    private final Patches patches;
    private final float[] meanPatch;
    private final INDArray encoder;
    private final INDArray decoder;

    Projection(Patches patches, LinearMap map) {
        this.patches = patches;
        this.meanPatch = HeapCopy.floats(map.mean());
        this.encoder = map.encoderColumns();
        this.decoder = map.decoderRows();
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
}
