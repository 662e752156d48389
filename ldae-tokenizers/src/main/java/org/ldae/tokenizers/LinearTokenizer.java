package org.ldae.tokenizers;

import org.ldae.core.Shapes;
import org.ldae.core.TokenGrid;
import org.ldae.inference.Blockwise;
import org.ldae.inference.HeapCopy;
import org.ldae.inference.Patches;
import org.ldae.nn.Workspace;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A patch-wise linear tokenizer (paper, section 4.2): {@code z = scale * V (patch - mean)} and back by
 * {@code patch = mean + U^T (z / scale)}, every patch by itself.
 */
public abstract sealed class LinearTokenizer implements FittedTokenizer permits PatchPCA, PatchAE, PatchVAE {

    private final Patches patches;
    private final LinearMap map;
    private final Projection projection;

    LinearTokenizer(Patches patches, LinearMap map) {
        this.patches = patches;
        this.map = map;
        this.projection = new Projection(patches.grid(), map);
    }

    @Override
    public final TokenGrid grid() {
        return patches.grid();
    }

    @Override
    public final int dimension() {
        return map.dimension();
    }

    @Override
    public final INDArray encode(INDArray images) {
        Patches.requireImages(grid(), images);
        return Blockwise.map(images, new long[] {grid().tokens(), dimension()}, projection::encoding);
    }

    @Override
    public final INDArray decode(INDArray latents) {
        Shapes.require("latents", latents, "N L D", Shapes.ANY, grid().tokens(), dimension());
        return Blockwise.map(latents, Patches.imageAxes(grid()), projection::decoding);
    }

    @Override
    public final Codec codec(Workspace work, int images) {
        return map.codec(work);
    }

    /**
     * The mean patch, taken off before encoding.
     *
     * @return a new array {@code [P*P*C]}
     */
    public final INDArray mean() {
        return HeapCopy.of(HeapCopy.floats(map.mean()), map.size());
    }

    /**
     * The factor on each latent, equal for all under {@link LatentScale#GLOBAL}.
     *
     * @return a new array {@code [d]}
     */
    public final INDArray scale() {
        return HeapCopy.of(HeapCopy.floats(map.scale()), dimension());
    }

    /**
     * The rows of V before the scale: what each latent looks for in a patch, to be seen as pictures (paper, Fig. 4).
     *
     * @return a new array {@code [d, P*P*C]}; inside a row: row p, column q, channel c
     */
    public final INDArray filters() {
        return HeapCopy.of(HeapCopy.floats(map.encoder()), dimension(), map.size());
    }

    final Patches patches() {
        return patches;
    }

    final LinearMap map() {
        return map;
    }

    /** Checks a number of latents against a patch. */
    static void requireFits(String name, int dimension, TokenGrid grid) {
        if (dimension > grid.patchSize()) {
            throw new IllegalArgumentException(
                    "%s: expected 1 to P*P*C = %d, got %d for patch %d of [C, H, W] = %s; ask for fewer or use larger patches"
                            .formatted(name, grid.patchSize(), dimension, grid.patch(), grid.image()));
        }
    }

    static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + ": expected at least 1, got " + value);
        }
    }
}
