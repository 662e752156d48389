package org.ldae.tokenizers;

import java.util.ArrayList;
import java.util.List;
import org.ldae.compute.Kernels;
import org.ldae.compute.MapShape;
import org.ldae.compute.Tensor;
import org.ldae.nn.Workspace;
import org.ldae.nn.conv.ConvNet;
import org.ldae.nn.conv.ConvPass;
import org.ldae.nn.conv.MapMemory;

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
    private final Tensor patches;
    private final Tensor pixels;
    private final Tensor tokens;
    private final Tensor latents;
    private final List<Chunk> chunks = new ArrayList<>();

    /** Some of the images: where their rows come from, and where those they become go. */
    private record Chunk(
            int[] pixelsToMaps,
            int[] mapsToPixels,
            Tensor pixels,
            int[] latentsToMaps,
            int[] mapsToLatents,
            Tensor latents) {}

    ConvCodec(Workspace work, ConvArchitecture architecture, LatentNorm norm, int images) {
        MapShape image = architecture.image();
        MapShape latent = architecture.latent();
        ConvNet[] nets = {architecture.encoder(), architecture.decoderTrunk(), architecture.decoderOut()};
        int size = Math.min(images, MapMemory.imagesAtOnce(nets));
        MapMemory memory = MapMemory.inference(work, size, nets);
        this.kernels = work.kernels();
        this.encoder = nets[0].pass(memory.input(image), memory);
        this.decoderTrunk = nets[1].pass(memory.input(latent), memory);
        this.decoderOut = nets[2].pass(decoderTrunk.output(), memory);
        this.scale = row(work, norm.scale());
        this.shift = row(work, norm.shift());
        this.inverseScale = row(work, norm.inverseScale());
        this.centre = row(work, norm.centre());
        this.means = encoder.output().values().columns(0, latent.channels());
        this.scaled = work.allocate(size * latent.pixels(), latent.channels());
        this.pixels = work.allocate(images * image.pixels(), image.channels());
        this.latents = work.allocate(images * latent.pixels(), latent.channels());
        int perToken = ConvVAE.LATENT_SIDE * ConvVAE.LATENT_SIDE;
        int tokens = latent.pixels() / perToken;
        this.patches = pixels.slice(0, images * tokens, image.size() / tokens);
        this.tokens = latents.slice(0, images * tokens, perToken * latent.channels());
        int factor = image.height() / latent.height();
        TokenOrder pixelOrder = new TokenOrder(image, ConvVAE.LATENT_SIDE * factor);
        TokenOrder latentOrder = new TokenOrder(latent, ConvVAE.LATENT_SIDE);
        for (int first = 0; first < images; first += size) {
            int count = Math.min(size, images - first);
            chunks.add(new Chunk(
                    pixelOrder.toMaps(first, size, images),
                    pixelOrder.toTokens(0, count),
                    part(pixels, first, count, image),
                    latentOrder.toMaps(first, size, images),
                    latentOrder.toTokens(0, count),
                    part(latents, first, count, latent)));
        }
    }

    private static Tensor part(Tensor rows, int first, int count, MapShape shape) {
        return rows.view(first * shape.pixels(), count * shape.pixels(), 0, shape.channels());
    }

    private static Tensor row(Workspace work, float[] numbers) {
        Tensor row = work.allocate(1, numbers.length);
        row.put(numbers);
        return row;
    }

    @Override
    public void encode(Tensor givenPatches, Tensor result) {
        kernels.copy(givenPatches, patches);
        for (Chunk chunk : chunks) {
            kernels.gatherRows(pixels, chunk.pixelsToMaps, encoder.input().values());
            encoder.forward();
            kernels.tile(shift, scaled);
            kernels.gate(scaled, means, scale, scaled);
            kernels.gatherRows(scaled, chunk.mapsToLatents, chunk.latents);
        }
        kernels.copy(tokens, result);
    }

    @Override
    public void decode(Tensor givenLatents, Tensor result) {
        kernels.copy(givenLatents, tokens);
        for (Chunk chunk : chunks) {
            kernels.gatherRows(latents, chunk.latentsToMaps, scaled);
            Tensor input = decoderTrunk.input().values();
            kernels.tile(centre, input);
            kernels.gate(input, scaled, inverseScale, input);
            decoderTrunk.forward();
            decoderOut.forward();
            kernels.gatherRows(decoderOut.output().values(), chunk.mapsToPixels, chunk.pixels);
        }
        kernels.copy(patches, result);
    }

    @Override
    public void encodeBackward(Tensor dLatents, Tensor dPatches) {
        throw new UnsupportedOperationException(
                "ConvVAE: its encoder has no gradient by the patches; predict in latent space with this tokenizer");
    }
}
