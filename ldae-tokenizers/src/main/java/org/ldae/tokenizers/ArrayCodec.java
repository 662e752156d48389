package org.ldae.tokenizers;

import org.ldae.compute.Tensor;
import org.ldae.core.ImageShape;
import org.ldae.core.Shapes;
import org.ldae.core.TokenGrid;
import org.ldae.inference.Patches;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A tokenizer that only knows arrays, at work in a step. */
final class ArrayCodec implements Codec {

    private final Tokenizer tokenizer;
    private final Patches patches;
    private final int images;
    private final float[] pixels;
    private final float[] cut;
    private final float[] latents;

    ArrayCodec(Tokenizer tokenizer, int images) {
        TokenGrid grid = tokenizer.grid();
        this.tokenizer = tokenizer;
        this.patches = Patches.of(grid);
        this.images = images;
        this.pixels = new float[images * grid.image().size()];
        this.cut = new float[pixels.length];
        this.latents = new float[images * grid.tokens() * tokenizer.dimension()];
    }

    @Override
    public void encode(Tensor from, Tensor to) {
        from.get(cut);
        int size = pixels.length / images;
        for (int i = 0; i < images; i++) {
            patches.scatter(cut, i * size, pixels, i * size);
        }
        ImageShape image = tokenizer.grid().image();
        try (INDArray x = Nd4j.createFromArray(pixels)
                        .reshape('c', images, image.channels(), image.height(), image.width());
                INDArray z = tokenizer.encode(x)) {
            Shapes.require("encoded", z, "N L D", images, tokenizer.grid().tokens(), tokenizer.dimension());
            to.put(Shapes.contiguous(z).data().asFloat());
        }
    }

    @Override
    public void decode(Tensor from, Tensor to) {
        from.get(latents);
        ImageShape image = tokenizer.grid().image();
        try (INDArray z = Nd4j.createFromArray(latents)
                        .reshape('c', images, tokenizer.grid().tokens(), tokenizer.dimension());
                INDArray x = tokenizer.decode(z)) {
            Shapes.require("decoded", x, "N C H W", images, image.channels(), image.height(), image.width());
            float[] decoded = Shapes.contiguous(x).data().asFloat();
            int size = pixels.length / images;
            for (int i = 0; i < images; i++) {
                patches.gather(decoded, i * size, cut, i * size);
            }
            to.put(cut);
        }
    }

    @Override
    public void encodeBackward(Tensor dLatents, Tensor dPatches) {
        throw new UnsupportedOperationException(
                "%s: its encoder has no gradient by the patches; predict in latent space with this tokenizer"
                        .formatted(tokenizer.options().name()));
    }
}
