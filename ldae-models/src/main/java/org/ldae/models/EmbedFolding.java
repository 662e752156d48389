package org.ldae.models;

import java.util.Arrays;
import org.ldae.compute.Backend;
import org.ldae.compute.Tensor;
import org.ldae.core.Rng;
import org.ldae.core.TokenGrid;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;
import org.ldae.objective.Space;
import org.ldae.tokenizers.Codec;
import org.ldae.tokenizers.Tokenizer;
import org.ldae.transformer.VisionTransformer;

/**
 * Puts what a linear tokenizer does to a clean patch into the layer that embeds it: both are affine, {@code tokens = c +
 * patch A} and {@code tokens W^T + b}, and so is one after the other.
 */
final class EmbedFolding {

    private static final String WEIGHT = VisionTransformer.EMBED + ".weight";
    private static final String BIAS = VisionTransformer.EMBED + ".bias";

    private final Tokenizer tokenizer;
    private final Recipe recipe;

    EmbedFolding(Tokenizer tokenizer, Recipe recipe) {
        this.tokenizer = tokenizer;
        this.recipe = recipe;
    }

    /** Copies a plain encoder of the network's input tokens into one of patches. */
    void copy(Parameters from, Parameters to, double time) {
        for (String name : to.names()) {
            if (!name.equals(WEIGHT)) {
                to.view(to.values(), name).put(from.view(from.values(), name).toArray());
            }
        }
        int size = tokenizer.grid().patchSize();
        float[] seen = seen(time);
        int inputs = seen.length / (size + 1);
        float[] weight = from.view(from.values(), WEIGHT).toArray();
        float[] bias = from.view(from.values(), BIAS).toArray();
        float[] folded = new float[bias.length * size];
        for (int m = 0; m < bias.length; m++) {
            double atZero = dot(weight, m * inputs, seen, 0, inputs);
            for (int s = 0; s < size; s++) {
                folded[m * size + s] = (float) (dot(weight, m * inputs, seen, (s + 1) * inputs, inputs) - atZero);
            }
            bias[m] += (float) atZero;
        }
        to.view(to.values(), WEIGHT).put(folded);
        to.view(to.values(), BIAS).put(bias);
    }

    /** What the network is given for a patch of zeros, then for patches with a single 1. */
    private float[] seen(double time) {
        TokenGrid grid = tokenizer.grid();
        int size = grid.patchSize();
        int images = size / grid.tokens() + 1;
        int rows = images * grid.tokens();
        float[] units = new float[rows * size];
        for (int s = 0; s < size; s++) {
            units[(s + 1) * size + s] = 1;
        }
        Parameters none = Parameters.layout().initialise(Rng.of(0));
        try (none;
                Workspace work = Workspace.inference(Backend.kernels(), none)) {
            Codec codec = tokenizer.codec(work, images);
            Tensor patches = work.allocate(rows, size);
            Tensor latents = work.allocate(rows, tokenizer.dimension());
            patches.put(units);
            codec.encode(patches, latents);
            work.kernels().scale(latents, (float) recipe.schedule().gamma(time));
            if (recipe.input() == Space.IMAGE) {
                codec.decode(latents, patches);
            }
            Tensor input = recipe.input() == Space.IMAGE ? patches : latents;
            return Arrays.copyOf(input.toArray(), (size + 1) * input.columns());
        }
    }

    private static double dot(float[] a, int fromA, float[] b, int fromB, int count) {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += (double) a[fromA + i] * b[fromB + i];
        }
        return sum;
    }
}
