package org.ldae.baselines;

import java.util.Arrays;
import org.ldae.compute.Kernels;
import org.ldae.compute.Tensor;
import org.ldae.core.TokenGrid;
import org.ldae.nn.Denoiser;
import org.ldae.nn.Workspace;

/**
 * The loss of a masked autoencoder for n images on one thread: mean squared error of the masked patches. A pure function of
 * patches and masks.
 */
final class MaskedLoss {

    /** Added to a patch's variance, as MAE's. */
    private static final double EPSILON = 1e-6;

    private final boolean normalised;
    private final TokenGrid grid;
    private final int tokens;
    private final int visible;
    private final Kernels kernels;
    private final Denoiser.Pass pass;
    private final Denoiser.Conditions conditions;
    private final Tensor patches;
    private final int[] seen;
    private final Tensor target;
    private final Tensor difference;
    private final float[] targets;
    private final float[] weights;

    MaskedLoss(MaskedAutoencoder options, Workspace work, TokenGrid grid, int images) {
        int rows = images * grid.tokens();
        int size = grid.patchSize();
        Denoiser.Signature signature = options.signature(grid);
        this.normalised = options.normalisedTargets();
        this.grid = grid;
        this.tokens = grid.tokens();
        this.visible = signature.visible();
        this.kernels = work.kernels();
        this.pass = options.network().pass(work, signature, images);
        this.conditions = Denoiser.Conditions.of(images);
        this.patches = work.allocate(rows, size);
        this.seen = new int[images * visible];
        this.target = work.allocate(rows, size);
        this.difference = work.allocate(rows, size);
        this.targets = new float[rows * size];
        this.weights = new float[rows];
    }

    TokenGrid grid() {
        return grid;
    }

    /** Images of a pass. */
    int images() {
        return conditions.labels().length;
    }

    /** Tokens of an image that the encoder sees. */
    int visible() {
        return visible;
    }

    /**
     * Measures the loss, and adds its gradients to the workspace's.
     *
     * @param pixels patches {@code [n L, P*P*C]}
     * @param kept {@code [n V]} visible tokens of each image
     * @param present images that count, the first ones, and images of the whole batch, whose mean the loss is
     * @param learn whether gradients are wanted
     * @return the images' part of the loss
     */
    double step(float[] pixels, int[] kept, Present present, boolean learn) {
        double count = (double) present.batch * (tokens - visible) * target.columns();
        Arrays.fill(weights, 0, present.images * tokens, 1);
        Arrays.fill(weights, present.images * tokens, weights.length, 0);
        for (int i = 0; i < kept.length; i++) {
            seen[i] = i / visible * tokens + kept[i];
            weights[seen[i]] = 0;
        }
        System.arraycopy(kept, 0, pass.places(), 0, kept.length);
        patches.put(pixels);
        kernels.gatherRows(patches, seen, pass.input());
        target(pixels);
        kernels.copy(pass.forward(conditions), difference);
        kernels.addScaled(-1, target, difference);
        double loss = kernels.weightedSquares(difference, weights) / count;
        if (learn) {
            for (int i = 0; i < weights.length; i++) {
                weights[i] *= (float) (2 / count);
            }
            kernels.scaleRows(difference, weights);
            pass.backward(difference);
        }
        return loss;
    }

    /** How many images of a pass count, of how many in the batch. */
    record Present(int images, int batch) {}

    private void target(float[] pixels) {
        if (!normalised) {
            target.put(pixels);
            return;
        }
        int size = target.columns();
        for (int from = 0; from < targets.length; from += size) {
            double mean = 0;
            for (int i = from; i < from + size; i++) {
                mean += pixels[i] / (double) size;
            }
            double variance = 0;
            for (int i = from; i < from + size; i++) {
                // Unbiased, as MAE's; a patch of one number has none.
                variance += (pixels[i] - mean) * (pixels[i] - mean) / Math.max(1, size - 1);
            }
            double factor = 1 / Math.sqrt(variance + EPSILON);
            for (int i = from; i < from + size; i++) {
                targets[i] = (float) ((pixels[i] - mean) * factor);
            }
        }
        target.put(targets);
    }
}
