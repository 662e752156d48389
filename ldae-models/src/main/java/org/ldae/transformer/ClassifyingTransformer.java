package org.ldae.transformer;

import org.ldae.core.Rng;
import org.ldae.core.TokenGrid;
import org.ldae.nn.Denoiser;
import org.ldae.nn.Linear;
import org.ldae.nn.Norm;
import org.ldae.nn.Parameters;
import org.ldae.nn.Parameters.Init;
import org.ldae.nn.Workspace;

/**
 * The encoder of a {@link VisionTransformer} as a plain ViT with a classifier on it: the average of the patches' tokens,
 * LayerNorm, one linear layer, as MAE fine-tunes (He et al. 2022).
 *
 * @param net the encoder; decoder and conditioning are not looked at
 * @param classes K, at least 2
 */
public record ClassifyingTransformer(VisionTransformer net, int classes) {

    static final String HEAD = "head";

    /**
     * Checks the classes.
     *
     * @param net the encoder; decoder and conditioning are not looked at
     * @param classes K, at least 2
     */
    public ClassifyingTransformer {
        if (classes < 2) {
            throw new IllegalArgumentException("classes: expected at least 2 to tell apart, got " + classes);
        }
    }

    /**
     * New parameters with their start values; the encoder's have the names of {@link VisionTransformer#encoder}.
     *
     * @param grid tokens of an image
     * @param rng key of the start values
     * @return the parameters; the caller closes them
     */
    public Parameters parameters(TokenGrid grid, Rng rng) {
        Parameters.Layout layout = Parameters.layout();
        body().encoder(layout, Denoiser.Signature.of(grid, grid.patchSize(), classes));
        Norm.declare(layout, VisionTransformer.NORM, net.width());
        Linear.declare(layout, HEAD, new Linear.Sides(net.width(), classes), Init.NORMAL);
        return layout.initialise(rng);
    }

    /** The encoder, whose last norm follows the average, as in MAE's fine-tuning. */
    VisionTransformer body() {
        return net.withoutLastNorm();
    }

    /**
     * How many layers lie above a parameter: none above the classifier's, one above the last block's, and so on down to the
     * embedding.
     *
     * @param name of a parameter
     * @return in [0, encoder blocks + 1]
     */
    public int layersAbove(String name) {
        if (name.startsWith(VisionTransformer.EMBED + ".")) {
            return net.encoderBlocks() + 1;
        }
        for (int i = 0; i < net.encoderBlocks(); i++) {
            if (name.startsWith(VisionTransformer.blockName(i) + ".")) {
                return net.encoderBlocks() - i;
            }
        }
        return 0;
    }

    /**
     * Layers and scratch memory for a number of images at once.
     *
     * @param work workspace over the parameters
     * @param grid tokens of an image
     * @param images n
     * @return a pass whose memory belongs to the workspace
     */
    public ClassifyingPass pass(Workspace work, TokenGrid grid, int images) {
        return new ClassifyingPass(this, work, grid, images);
    }
}
