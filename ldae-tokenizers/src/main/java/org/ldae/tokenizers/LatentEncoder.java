package org.ldae.tokenizers;

import java.util.List;
import org.ldae.compute.Tensor;
import org.ldae.core.TokenGrid;
import org.ldae.inference.Encoder;
import org.ldae.inference.Features;
import org.ldae.inference.Inference;
import org.ldae.inference.Reading;
import org.ldae.inference.TokenMap;

/** A tokenizer's latents as features: the control that shows what a network adds to them. */
public final class LatentEncoder implements Encoder {

    private final Tokenizer tokenizer;

    /**
     * An encoder whose tokens are latents.
     *
     * @param tokenizer what encodes; closing the encoder leaves it alone
     */
    public LatentEncoder(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    @Override
    public TokenGrid grid() {
        return tokenizer.grid();
    }

    @Override
    public int blocks() {
        return 1;
    }

    @Override
    public Reading reading(Features features) {
        features.requireClean("latents");
        features.blocksOf(1, 1);
        int rows = grid().tokens();
        Reading.Passes passes = (work, n) -> {
            Codec codec = tokenizer.codec(work, n);
            Tensor pixels = work.allocate(n * rows, grid().patchSize());
            Tensor latents = work.allocate(n * rows, tokenizer.dimension());
            return (patches, tokens, first) -> {
                pixels.put(patches);
                codec.encode(pixels, latents);
                latents.get(tokens[0]);
            };
        };
        Inference inference =
                Inference.withoutWeights(Inference.itemsAtOnce(grid().image().size()));
        List<TokenMap> maps = List.of(TokenMap.of(grid(), tokenizer.dimension()));
        return new Reading(inference, grid(), maps, features, passes);
    }

    @Override
    public void close() {}

    @Override
    public String toString() {
        return "LatentEncoder[%s]".formatted(tokenizer);
    }
}
