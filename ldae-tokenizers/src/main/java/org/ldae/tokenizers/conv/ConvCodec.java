package org.ldae.tokenizers.conv;

import org.ldae.compute.Kernels;
import org.ldae.compute.MapShape;
import org.ldae.compute.Tensor;
import org.ldae.nn.Workspace;
import org.ldae.nn.conv.ConvNet;
import org.ldae.nn.conv.ConvPass;
import org.ldae.nn.conv.MapMemory;
import org.ldae.tokenizers.Codec;

/** A fitted {@link ConvVAE} at work on n images, some at a time. */
final class ConvCodec implements Codec {

    private final Kernels kernels;
    private final ConvPass encoder;
    private final ConvPass decoderTrunk;
    private final ConvPass decoderOut;
    /** What becomes of a latent channel: {@code scale (mean - centre)}, and back. */
    private final Tensor scale;

    private final Tensor shift;
    private final Tensor inverseScale;
    private final Tensor centre;
    private final Tensor means;
    private final Tensor scaled;
    private final TokenRows pixels;
    private final TokenRows latents;

    ConvCodec(Workspace work, ConvArchitecture architecture, LatentNorm norm, int images) {
        MapShape image = architecture.image();
        MapShape latent = architecture.latent();
        ConvNet[] nets = {architecture.encoder(), architecture.decoderTrunk(), architecture.decoderOut()};
        int atOnce = Math.min(images, MapMemory.imagesAtOnce(nets));
        MapMemory memory = MapMemory.inference(work, atOnce, nets);
        this.kernels = work.kernels();
        this.encoder = nets[0].pass(memory.input(image), memory);
        this.decoderTrunk = nets[1].pass(memory.input(latent), memory);
        this.decoderOut = nets[2].pass(decoderTrunk.output(), memory);
        this.scale = row(work, norm.scale());
        this.shift = row(work, norm.shift());
        this.inverseScale = row(work, norm.inverseScale());
        this.centre = row(work, norm.centre());
        this.means = encoder.output().values().columns(0, latent.channels());
        this.scaled = work.allocate(atOnce * latent.pixels(), latent.channels());
        int side = ConvVAE.LATENT_SIDE * image.height() / latent.height();
        this.pixels = new TokenRows(work, new TokenRows.Sizes(image, side, images, atOnce));
        this.latents = new TokenRows(work, new TokenRows.Sizes(latent, ConvVAE.LATENT_SIDE, images, atOnce));
    }

    private static Tensor row(Workspace work, float[] numbers) {
        Tensor row = work.allocate(1, numbers.length);
        row.put(numbers);
        return row;
    }

    @Override
    public void encode(Tensor patches, Tensor result) {
        kernels.copy(patches, pixels.tokens());
        for (int pass = 0; pass < pixels.passes(); pass++) {
            pixels.toMaps(pass, encoder.input().values());
            encoder.forward();
            kernels.tile(shift, scaled);
            kernels.gate(scaled, means, scale, scaled);
            latents.fromMaps(pass, scaled);
        }
        kernels.copy(latents.tokens(), result);
    }

    @Override
    public void decode(Tensor tokens, Tensor result) {
        kernels.copy(tokens, latents.tokens());
        for (int pass = 0; pass < latents.passes(); pass++) {
            latents.toMaps(pass, scaled);
            Tensor input = decoderTrunk.input().values();
            kernels.tile(centre, input);
            kernels.gate(input, scaled, inverseScale, input);
            decoderTrunk.forward();
            decoderOut.forward();
            pixels.fromMaps(pass, decoderOut.output().values());
        }
        kernels.copy(pixels.tokens(), result);
    }

    @Override
    public void encodeBackward(Tensor dLatents, Tensor dPatches) {
        throw new UnsupportedOperationException(
                "ConvVAE: its encoder has no gradient by the patches; predict in latent space with this tokenizer");
    }
}
