package org.ldae.inference;

import java.util.List;
import org.ldae.core.TokenGrid;

/** Raw pixels as features: the control that every encoder has to beat. Its tokens are the patches of its grid. */
public final class PixelEncoder implements Encoder {

    private final TokenGrid grid;

    /**
     * An encoder that leaves images as they are.
     *
     * @param grid how they are cut; patches of side 1 keep rows of pixels together
     */
    public PixelEncoder(TokenGrid grid) {
        this.grid = grid;
    }

    @Override
    public TokenGrid grid() {
        return grid;
    }

    @Override
    public int blocks() {
        return 1;
    }

    @Override
    public Reading reading(Features features) {
        features.requireClean("pixels");
        features.blocksOf(1, 1);
        Inference inference =
                Inference.withoutWeights(Inference.itemsAtOnce(grid.image().size()));
        List<TokenMap> maps = List.of(TokenMap.of(grid, grid.patchSize()));
        Reading.Passes passes =
                (work, n) -> (patches, tokens, first) -> System.arraycopy(patches, 0, tokens[0], 0, patches.length);
        return new Reading(inference, grid, maps, features, passes);
    }

    @Override
    public void close() {}

    @Override
    public String toString() {
        return "PixelEncoder[%s]".formatted(grid);
    }
}
