package org.ldae.transformer;

import org.ldae.nn.Denoiser;
import org.ldae.nn.Linear;
import org.ldae.nn.Norm;
import org.ldae.nn.Parameters;
import org.ldae.nn.Parameters.Init;
import org.ldae.nn.Workspace;

/**
 * A masked autoencoder's network (He et al. 2022): the encoder of a {@link VisionTransformer} as a plain ViT over the
 * visible patches, and a narrower decoder over all tokens, in which a learnt mask token stands for those not seen.
 *
 * @param net the encoder, and heads, MLP ratio and number of blocks of the decoder, at least 1
 * @param decoderWidth width of the decoder, a multiple of 4 and of the heads
 * @param pooled whether each of the decoder's tokens is also given the mean of what the encoder made of the image, so that this
 *     mean, which probes read, learns to tell of the whole
 */
public record MaskedTransformer(VisionTransformer net, int decoderWidth, boolean pooled)
        implements Denoiser, PlainFolding {

    static final String DECODER = "decoder.";
    static final String MASK = DECODER + "mask";
    static final String DECODER_EMBED = DECODER + "embed";
    static final String DECODER_NORM = DECODER + "norm";
    static final String HEAD = DECODER + "head";

    /**
     * Checks the decoder.
     *
     * @param net the encoder, and heads, MLP ratio and number of blocks of the decoder, at least 1
     * @param decoderWidth width of the decoder, a multiple of 4 and of the heads
     * @param pooled whether each of the decoder's tokens is also given the mean of what the encoder made of the image
     */
    public MaskedTransformer {
        if (net.form().classToken()) {
            throw new IllegalArgumentException(
                    "masked autoencoder: expected an encoder without a class token, got one with;"
                            + " withVariant(form.withClassToken(false))");
        }
        if (net.decoderBlocks() < 1) {
            throw new IllegalArgumentException(
                    "masked autoencoder: expected at least 1 decoder block, got 0; use withBlocks(encoder, decoder)");
        }
        if (decoderWidth < 4 || decoderWidth % 4 != 0 || decoderWidth % net.heads() != 0) {
            throw new IllegalArgumentException(
                    "masked autoencoder: expected a decoder width that is a multiple of 4 and of the %d heads, got %d"
                            .formatted(net.heads(), decoderWidth));
        }
    }

    /**
     * A decoder of half the encoder's width, as MAE's for ViT-L (1024 and 512), rounded up to what the heads allow.
     *
     * @param net the encoder, and the number of blocks of the decoder
     * @return the network
     */
    public static MaskedTransformer of(VisionTransformer net) {
        int width = (net.width() + 1) / 2;
        while (width % 4 != 0 || width % net.heads() != 0) {
            width++;
        }
        return new MaskedTransformer(net, width, false);
    }

    /**
     * Another width of the decoder.
     *
     * @param width a multiple of 4 and of the heads
     * @return a copy
     */
    public MaskedTransformer withDecoderWidth(int width) {
        return new MaskedTransformer(net, width, pooled);
    }

    /**
     * Whether the decoder is given the mean of the encoder's tokens beside the tokens.
     *
     * @param given true if it is
     * @return a copy
     */
    public MaskedTransformer withPooled(boolean given) {
        return new MaskedTransformer(net, decoderWidth, given);
    }

    /** The decoder's blocks are of these sizes. */
    VisionTransformer decoder() {
        return net.withoutLastNorm().withWidth(decoderWidth, net.heads());
    }

    Blocks.Stack decoderStack(int tokens, int rows) {
        return new Blocks.Stack(DECODER, decoder(), net.decoderBlocks(), tokens, rows);
    }

    @Override
    public int blocks() {
        return net.encoderBlocks();
    }

    @Override
    public int encoderBlocks() {
        return net.encoderBlocks();
    }

    @Override
    public int width(int block) {
        return net.width();
    }

    @Override
    public boolean takesTime() {
        return false;
    }

    @Override
    public boolean takesSubsets() {
        return true;
    }

    /** {@inheritDoc} The encoder's have the names of {@link VisionTransformer#encoder}. */
    @Override
    public Parameters.Layout layout(Signature signature) {
        int width = net.width();
        int tokens = signature.grid().tokens();
        Parameters.Layout layout = Parameters.layout();
        net.withoutLastNorm().encoder(layout, signature);
        Norm.declare(layout, VisionTransformer.NORM, width);
        layout.add(MASK, 1, decoderWidth, Init.NORMAL);
        Linear.declare(layout, DECODER_EMBED, new Linear.Sides(width, decoderWidth), Init.XAVIER_UNIFORM);
        Blocks.declare(layout, decoderStack(tokens, tokens));
        Norm.declare(layout, DECODER_NORM, decoderWidth);
        Linear.declare(layout, HEAD, new Linear.Sides(decoderWidth, signature.outputs()), Init.XAVIER_UNIFORM);
        return layout;
    }

    @Override
    public Pass pass(Workspace work, Signature signature, int images) {
        return new MaskedPass(this, work, signature, images);
    }

    @Override
    public VisionTransformer plain() {
        return net.plain();
    }

    @Override
    public Parameters plainEncoder(Parameters trained, Signature signature, double time) {
        return net.plain().plainEncoder(trained, signature.withTime(false).withClasses(0), time);
    }
}
