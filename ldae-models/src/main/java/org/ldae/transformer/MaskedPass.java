package org.ldae.transformer;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.ldae.compute.Kernels;
import org.ldae.compute.Tensor;
import org.ldae.core.TokenGrid;
import org.ldae.nn.Denoiser;
import org.ldae.nn.Linear;
import org.ldae.nn.Norm;
import org.ldae.nn.Positions;
import org.ldae.nn.Workspace;

/** The layers of a {@link MaskedTransformer} and their scratch memory for n images; belongs to one thread. */
final class MaskedPass implements Denoiser.Pass {

    private final Workspace work;
    private final int tokens;
    private final int visible;
    private final int[] sources;
    private final EncoderPass encoder;
    private final Encoded encoded;
    private final Joined seen;
    private final Joined dSeen;
    private final Tensor full;
    private final Tensor positions;
    private final Blocks blocks;
    private final Norm norm;
    private final Tensor normed;
    private final Linear head;
    private final Tensor prediction;
    private final Tensor dFull;
    private final @Nullable Pooled pooled;

    MaskedPass(MaskedTransformer net, Workspace work, Denoiser.Signature signature, int images) {
        TokenGrid grid = signature.grid();
        int width = net.decoderWidth();
        int rows = images * grid.tokens();
        this.work = work;
        this.tokens = grid.tokens();
        this.visible = signature.visible();
        int seenRows = images * visible;
        this.sources = new int[rows];
        this.encoder = new EncoderPass(net.net().withoutLastNorm(), work, signature, images);
        this.encoded = new Encoded(work, net, seenRows);
        this.seen = Joined.allocate(work, seenRows, width);
        this.dSeen = Joined.allocate(work, seenRows, width);
        this.full = work.allocate(rows, width);
        this.positions = work.allocate(tokens, width);
        positions.put(Positions.grid(grid.rows(), grid.columns(), width));
        this.blocks = new Blocks(work, net.decoderStack(tokens, rows), null);
        this.norm = Norm.affine(work, MaskedTransformer.DECODER_NORM, rows)
                .withEpsilon(net.net().form().epsilon());
        this.normed = work.allocate(rows, width);
        this.head = new Linear(work, MaskedTransformer.HEAD);
        this.prediction = work.allocate(rows, signature.outputs());
        this.dFull = work.allocate(rows, width);
        this.pooled = net.pooled() ? new Pooled(work, images, full, seen.tokens) : null;
    }

    /** The mean of an image's tokens, added to each of the decoder's. */
    private static final class Pooled {
        private final Kernels kernels;
        private final int[] image;
        private final Tensor mean;
        private final Tensor spread;
        private final Tensor dMean;

        Pooled(Workspace work, int images, Tensor full, Tensor tokens) {
            this.kernels = work.kernels();
            this.image = new int[full.rows()];
            Arrays.setAll(image, row -> row / (full.rows() / images));
            this.mean = work.allocate(images, tokens.columns());
            this.spread = work.allocate(full.rows(), full.columns());
            this.dMean = work.allocate(images, tokens.columns());
        }

        void add(Tensor tokens, Tensor to) {
            kernels.images().averagePool(tokens, mean);
            kernels.gatherRows(mean, image, spread);
            kernels.addScaled(1, spread, to);
        }

        void backward(Tensor dTo, Tensor dTokens) {
            kernels.fill(dMean, 0);
            kernels.scatterAddRows(dTo, image, dMean);
            kernels.images().averagePoolBackward(dMean, 1, dTokens);
        }
    }

    /** Rows that the decoder's tokens are copies of: those of the visible tokens, then the mask token's. */
    private record Joined(Tensor all, Tensor tokens, Tensor mask) {
        static Joined allocate(Workspace work, int rows, int width) {
            Tensor all = work.allocate(rows + 1, width);
            return new Joined(all, all.view(0, rows, 0, width), all.view(rows, 1, 0, width));
        }
    }

    /** What the encoder made, normalised and as wide as the decoder. */
    private static final class Encoded {
        private final Norm norm;
        private final Tensor normed;
        private final Linear embed;
        private final Tensor mask;
        private final Tensor dMask;
        private final Tensor dTokens;

        Encoded(Workspace work, MaskedTransformer net, int rows) {
            this.norm = Norm.affine(work, VisionTransformer.NORM, rows)
                    .withEpsilon(net.net().form().epsilon());
            this.normed = work.allocate(rows, net.net().width());
            this.embed = new Linear(work, MaskedTransformer.DECODER_EMBED);
            this.mask = work.value(MaskedTransformer.MASK);
            this.dMask = work.gradient(MaskedTransformer.MASK);
            this.dTokens = work.allocate(rows, net.net().width());
        }
    }

    @Override
    public Tensor input() {
        return encoder.input();
    }

    @Override
    public int[] places() {
        return encoder.places();
    }

    @Override
    public Tensor features(Denoiser.Conditions conditions, int block) {
        return encoder.features(block);
    }

    @Override
    public Tensor forward(Denoiser.Conditions conditions) {
        int[] places = encoder.places();
        Arrays.fill(sources, places.length); // the mask token's row
        for (int i = 0; i < places.length; i++) {
            sources[i / visible * tokens + places[i]] = i;
        }
        Tensor tokensSeen = encoder.forward(); // [n V, M]
        encoded.norm.forward(tokensSeen, encoded.normed);
        encoded.embed.forward(encoded.normed, seen.tokens); // [n V, Md]
        work.kernels().copy(encoded.mask, seen.mask);
        work.kernels().gatherRows(seen.all, sources, full);
        work.kernels().addTile(full, positions, full); // [n L, Md]
        if (pooled != null) {
            pooled.add(seen.tokens, full);
        }
        norm.forward(blocks.forward(full, blocks.size()), normed);
        head.forward(normed, prediction); // [n L, P*P*C]
        return prediction;
    }

    @Override
    public void backward(Tensor dPrediction) {
        head.backward(normed, dPrediction, blocks.scratch());
        work.kernels().fill(dFull, 0);
        norm.backward(blocks.stream(blocks.size()), blocks.scratch(), dFull);
        blocks.backward(dFull);
        work.kernels().fill(dSeen.all, 0);
        work.kernels().scatterAddRows(dFull, sources, dSeen.all);
        work.kernels().addScaled(1, dSeen.mask, encoded.dMask);
        if (pooled != null) {
            pooled.backward(dFull, dSeen.tokens);
        }
        encoded.embed.backward(encoded.normed, dSeen.tokens, encoder.scratch());
        work.kernels().fill(encoded.dTokens, 0);
        encoded.norm.backward(encoder.tokens(), encoder.scratch(), encoded.dTokens);
        encoder.backward(encoded.dTokens);
    }
}
