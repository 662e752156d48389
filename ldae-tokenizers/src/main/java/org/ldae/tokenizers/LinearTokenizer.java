package org.ldae.tokenizers;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.ldae.core.NdArrays;
import org.ldae.core.Shapes;
import org.ldae.core.TokenGrid;
import org.ldae.inference.Patches;
import org.ldae.nn.Workspace;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A patch-wise linear tokenizer (paper, section 4.2): {@code z = scale * V (patch - mean)} and back by
 * {@code patch = mean + U^T (z / scale)}, every patch by itself. Options of one's own fit and restore one around a {@link
 * LinearMap}, and say that they are {@link TokenizerOptions#linear}.
 */
public class LinearTokenizer extends CodecTokenizer {

    private final TokenizerOptions options;
    private final Patches patches;
    private final LinearMap map;
    private final LinearArrays arrays;

    /**
     * A tokenizer that maps each patch.
     *
     * @param options what it was fitted with, of the map's dimension
     * @param grid tokens of an image; their patches have as many numbers as the map's rows
     * @param map encoder, decoder, mean and scale
     * @throws IllegalArgumentException if options, grid and map differ in size
     */
    public LinearTokenizer(TokenizerOptions options, TokenGrid grid, LinearMap map) {
        if (map.size() != grid.patchSize()
                || map.dimension() != options.dimension()
                || grid.patch() != options.patch()) {
            throw new IllegalArgumentException(
                    "linear tokenizer: expected rows of P*P*C = %d numbers, d = %d of them, for patch %d of %s, got [%d, %d] for patch %d"
                            .formatted(
                                    grid.patchSize(),
                                    options.dimension(),
                                    options.patch(),
                                    grid.image(),
                                    map.dimension(),
                                    map.size(),
                                    grid.patch()));
        }
        this.options = options;
        this.patches = Patches.of(grid);
        this.map = map;
        this.arrays = new LinearArrays(grid, map);
    }

    @Override
    public TokenizerOptions options() {
        return options;
    }

    /** {@inheritDoc} What {@link LinearMap#restore} reads. */
    @Override
    public Map<String, INDArray> tensors() {
        return map.tensors();
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
    public final Codec codec(Workspace work, int images) {
        return map.codec(work, images * grid().tokens());
    }

    @Override
    public final INDArray encode(INDArray images) {
        Patches.requireImages(grid(), images);
        return arrays.encode(images).orElseGet(() -> super.encode(images));
    }

    @Override
    public final INDArray decode(INDArray latents) {
        Shapes.require("latents", latents, "N L D", Shapes.ANY, grid().tokens(), dimension());
        return arrays.decode(latents).orElseGet(() -> super.decode(latents));
    }

    /**
     * The mean patch, taken off before encoding.
     *
     * @return a new array {@code [P*P*C]}
     */
    public final INDArray mean() {
        return NdArrays.of(NdArrays.floats(map.mean()), map.size());
    }

    /**
     * The factor on each latent, equal for all under {@link LatentScale#GLOBAL}.
     *
     * @return a new array {@code [d]}
     */
    public final INDArray scale() {
        return NdArrays.of(NdArrays.floats(map.scale()), dimension());
    }

    @Override
    public final Optional<INDArray> filters() {
        double[] rows = Arrays.copyOf(map.encoder(), dimension() * map.size());
        return Optional.of(NdArrays.of(NdArrays.floats(rows), dimension(), map.size()));
    }

    /**
     * Encoder, decoder, mean and scale.
     *
     * @return the map it was made with
     */
    protected final LinearMap map() {
        return map;
    }

    @Override
    public String toString() {
        return "%s[%s, %d of %d numbers]".formatted(options.name(), grid(), dimension(), map.size());
    }
}
