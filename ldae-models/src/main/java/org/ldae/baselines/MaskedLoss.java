package org.ldae.baselines;

import java.util.Arrays;
import org.ldae.compute.Kernels;
import org.ldae.compute.Tensor;
import org.ldae.nn.Workspace;
import org.ldae.transformer.EncoderPass.Sight;
import org.ldae.transformer.MaskedPass;

/**
 * The loss of a masked autoencoder for n images on one thread: mean squared error of the masked patches. A pure function of
 * patches and masks.
 */
final class MaskedLoss {

    /** Added to a patch's variance, as MAE's. */
    private static final double EPSILON = 1e-6;

    private final boolean normalised;
    private final Sight sight;
    private final Kernels kernels;
    private final MaskedPass pass;
    private final Tensor target;
    private final Tensor difference;
    private final float[] targets;
    private final float[] weights;

    MaskedLoss(MaskedAutoencoder options, Workspace work, Sight sight) {
        int rows = sight.images() * sight.grid().tokens();
        int size = sight.grid().patchSize();
        this.normalised = options.normalisedTargets();
        this.sight = sight;
        this.kernels = work.kernels();
        this.pass = options.network().pass(work, sight);
        this.target = work.allocate(rows, size);
        this.difference = work.allocate(rows, size);
        this.targets = new float[rows * size];
        this.weights = new float[rows];
    }

    Sight sight() {
        return sight;
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
        int tokens = sight.grid().tokens();
        double count = (double) present.batch
                * (tokens - sight.visible())
                * sight.grid().patchSize();
        Arrays.fill(weights, 0, present.images * tokens, 1);
        Arrays.fill(weights, present.images * tokens, weights.length, 0);
        for (int i = 0; i < kept.length; i++) {
            weights[i / sight.visible() * tokens + kept[i]] = 0;
        }
        pass.patches().put(pixels);
        target(pixels);
        kernels.copy(pass.forward(kept), difference);
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
