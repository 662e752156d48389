package org.ldae.objective;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.ldae.compute.Kernels;
import org.ldae.compute.Tensor;
import org.ldae.noise.NoiseLevel.Quantity;
import org.ldae.noise.Weighting;
import org.ldae.tokenizers.Codec;
import org.ldae.tokenizers.TokenizerOptions;

/**
 * The clean latent, the noise or the velocity, by squared errors (paper, section 3).
 *
 * @param quantity what is predicted; the clean latent may be read off a predicted image by the tokenizer's encoder
 * @param weighting weight of a noise level
 */
record LatentQuantity(Quantity quantity, Weighting weighting) implements Objective {

    LatentQuantity {
        Objects.requireNonNull(quantity, "objective: quantity");
        Objects.requireNonNull(weighting, "objective: weighting");
        if (quantity == Quantity.SCORE) {
            throw new IllegalArgumentException(
                    "objective: expected CLEAN, NOISE, VELOCITY or FLOW, got SCORE, whose size has no bound; predict"
                            + " the noise");
        }
    }

    @Override
    public Objective withWeighting(Weighting levels) {
        return new LatentQuantity(quantity, levels);
    }

    @Override
    public List<String> problems(Space output, TokenizerOptions tokenizer) {
        List<String> problems = new ArrayList<>();
        if (output == Space.IMAGE && quantity != Quantity.CLEAN) {
            problems.add("%s can only be predicted in latent space, got output %s; use withOutput(Space.LATENT, ...)"
                    .formatted(quantity, output));
        } else if (output == Space.IMAGE && !tokenizer.differentiable()) {
            problems.add(
                    "latents compared through the encoder need one with a gradient (PatchPCA, PatchAE, PatchVAE), got %s; use withOutput(Space.LATENT, Objective.latent()) with this tokenizer"
                            .formatted(tokenizer.name()));
        }
        return problems;
    }

    @Override
    public Loss loss(Setting setting) {
        Example x = setting.example();
        if (setting.output() == Space.IMAGE) {
            return new Encoded(setting);
        }
        return switch (quantity) {
            case CLEAN -> Objective.squares(setting, x::clean);
            case NOISE -> Objective.squares(setting, x::noise);
            case VELOCITY -> velocity(setting);
            case FLOW -> flow(setting);
            case SCORE -> throw new IllegalStateException("refused when it was made");
        };
    }

    /** gamma eps - sigma z_0. */
    private static Loss velocity(Setting setting) {
        Example x = setting.example();
        Kernels kernels = setting.work().kernels();
        Tensor velocity = setting.work().allocate(x.clean().rows(), x.clean().columns());
        Tensor signal = setting.work().allocate(x.clean().rows(), x.clean().columns());
        return Objective.squares(setting, () -> {
            kernels.copy(x.clean(), signal);
            kernels.scaleRows(signal, x.level());
            kernels.copy(x.noise(), velocity);
            kernels.scaleRows(velocity, x.signal());
            kernels.addScaled(-1, signal, velocity);
            return velocity;
        });
    }

    /** eps - z_0. */
    private static Loss flow(Setting setting) {
        Example x = setting.example();
        Kernels kernels = setting.work().kernels();
        Tensor flow = setting.work().allocate(x.clean().rows(), x.clean().columns());
        return Objective.squares(setting, () -> {
            kernels.copy(x.noise(), flow);
            kernels.addScaled(-1, x.clean(), flow);
            return flow;
        });
    }

    /** The latents of a predicted image against the clean ones. */
    private static final class Encoded implements Loss {

        private final Kernels kernels;
        private final Codec codec;
        private final Tensor clean;
        private final Tensor latents;
        private final Tensor difference;
        private float[] doubled = new float[0];
        private final int tokens;

        Encoded(Setting setting) {
            this.kernels = setting.work().kernels();
            this.codec = setting.codec();
            this.clean = setting.example().clean();
            this.latents = setting.work().allocate(clean.rows(), clean.columns());
            this.difference = setting.work()
                    .allocate(clean.rows(), setting.example().patches().columns());
            this.tokens = setting.tokens();
        }

        @Override
        public int errors() {
            return tokens * clean.columns();
        }

        @Override
        public void forward(Tensor prediction, double[] sums) {
            codec.encode(prediction, latents);
            kernels.addScaled(-1, clean, latents);
            kernels.squares(latents, sums);
        }

        @Override
        public Tensor backward(float[] weights) {
            codec.encodeBackward(latents, difference);
            doubled = SquaredErrors.doubled(weights, doubled);
            kernels.scaleRows(difference, doubled);
            return difference;
        }
    }
}
