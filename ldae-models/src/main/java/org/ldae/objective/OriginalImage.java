package org.ldae.objective;

import java.util.List;
import java.util.Objects;
import org.ldae.compute.Kernels;
import org.ldae.compute.Kernels.Transpose;
import org.ldae.compute.Tensor;
import org.ldae.noise.NoiseLevel.Quantity;
import org.ldae.noise.Weighting;
import org.ldae.tokenizers.TokenizerOptions;

/**
 * The original image, not its projection on the latent's subspace (paper, Tab. 3, last step): {@code sum_i w_i r_i^2} with
 * {@code r = V (x_0 - prediction)}, w = 1 for the latent's components and the tail weight for the others.
 *
 * @param weighting weight of a noise level
 * @param tailWeight weight of the components beyond the latent's, in [0, 1]; 1 is plain pixel error
 */
public record OriginalImage(Weighting weighting, double tailWeight) implements Objective {

    /**
     * Checks the tail weight.
     *
     * @param weighting weight of a noise level
     * @param tailWeight weight of the components beyond the latent's, in [0, 1]; 1 is plain pixel error
     */
    public OriginalImage {
        Objects.requireNonNull(weighting, "objective: weighting");
        if (!(tailWeight >= 0 && tailWeight <= 1)) {
            throw new IllegalArgumentException("objective: expected a tail weight in [0, 1], got " + tailWeight);
        }
    }

    @Override
    public Quantity quantity() {
        return Quantity.CLEAN;
    }

    @Override
    public OriginalImage withWeighting(Weighting levels) {
        return new OriginalImage(levels, tailWeight);
    }

    /**
     * Another weight of the components beyond the latent's.
     *
     * @param weight in [0, 1]; 1 is plain pixel error
     * @return a copy
     */
    public OriginalImage withTailWeight(double weight) {
        return new OriginalImage(weighting, weight);
    }

    @Override
    public List<String> problems(Space output, TokenizerOptions tokenizer) {
        if (output != Space.IMAGE) {
            return List.of(
                    "the original image can only be predicted in image space, got output %s; use withOutput(Space.IMAGE, ...)"
                            .formatted(output));
        }
        if (!tokenizer.orthonormal()) {
            return List.of(
                    "the original image's loss weighs components of an orthonormal basis, expected a tokenizer that has one (PatchPCA), got %s; use Objective.latent() with this tokenizer"
                            .formatted(tokenizer.name()));
        }
        return List.of();
    }

    @Override
    public Loss loss(Setting setting) {
        return new Components(setting, tailWeight);
    }

    /** {@code |r|^2} over all components is that over pixels; the latent's are found by a product with V_d. */
    private static final class Components implements Loss {

        private final Kernels kernels;
        private final Tensor patches;
        private final Tensor components;
        private final Tensor difference;
        private final Tensor kept;
        private float[] doubled = new float[0];
        private double[] outside = new double[0];
        private final double tail;
        private final int tokens;

        Components(Setting setting, double tail) {
            this.kernels = setting.work().kernels();
            this.patches = setting.example().patches();
            int d = setting.example().clean().columns();
            this.components = setting.work().allocate(d, patches.columns());
            components.put(setting.tokenizer()
                    .filters()
                    .orElseThrow(() -> new IllegalStateException(
                            "%s: expected filters, since its options say it is orthonormal, got none"
                                    .formatted(setting.tokenizer().options().name())))
                    .data()
                    .asFloat());
            this.difference = setting.work().allocate(patches.rows(), patches.columns());
            this.kept = setting.work().allocate(patches.rows(), d);
            this.tail = tail;
            this.tokens = setting.tokens();
        }

        @Override
        public int errors() {
            return tokens * difference.columns();
        }

        @Override
        public void forward(Tensor prediction, double[] sums) {
            kernels.copy(prediction, difference);
            kernels.addScaled(-1, patches, difference);
            kernels.gemm(Transpose.SECOND, difference, components, 0, kept);
            if (outside.length != sums.length) {
                outside = new double[sums.length];
            }
            kernels.squares(difference, outside);
            kernels.squares(kept, sums);
            for (int i = 0; i < sums.length; i++) {
                sums[i] = tail * outside[i] + (1 - tail) * sums[i];
            }
        }

        @Override
        public Tensor backward(float[] weights) {
            kernels.scale(kept, 1 - (float) tail);
            kernels.scale(difference, (float) tail);
            kernels.gemm(Transpose.NONE, kept, components, 1, difference);
            doubled = SquaredErrors.doubled(weights, doubled);
            kernels.scaleRows(difference, doubled);
            return difference;
        }
    }
}
