package outside;

import java.util.Arrays;
import java.util.List;
import org.ldae.compute.Tensor;
import org.ldae.noise.NoiseLevel.Quantity;
import org.ldae.noise.Weighting;
import org.ldae.objective.Objective;
import org.ldae.objective.Space;
import org.ldae.tokenizers.TokenizerOptions;

/** The clean latent by sqrt(r^2 + delta^2) - delta, which large errors weigh less on than squares. */
public record SmoothError(double delta, Weighting weighting) implements Objective {

    @Override
    public Quantity quantity() {
        return Quantity.CLEAN;
    }

    @Override
    public SmoothError withWeighting(Weighting levels) {
        return new SmoothError(delta, levels);
    }

    @Override
    public List<String> problems(Space output, TokenizerOptions tokenizer) {
        return output == Space.LATENT
                ? List.of()
                : List.of("smooth errors are those of latents; use withOutput(Space.LATENT, ...)");
    }

    @Override
    public Loss loss(Setting setting) {
        Tensor clean = setting.example().clean();
        Tensor gradient = setting.work().allocate(clean.rows(), clean.columns());
        float[] target = new float[clean.size()];
        float[] error = new float[clean.size()];
        int perImage = setting.tokens() * clean.columns();
        return new Loss() {
            @Override
            public int errors() {
                return perImage;
            }

            @Override
            public void forward(Tensor prediction, double[] sums) {
                prediction.get(error);
                clean.get(target);
                Arrays.fill(sums, 0);
                int each = error.length / sums.length; // an image's, or a token's where tokens are dropped
                for (int i = 0; i < error.length; i++) {
                    error[i] -= target[i];
                    sums[i / each] += Math.hypot(error[i], delta) - delta;
                }
            }

            @Override
            public Tensor backward(float[] weights) {
                int each = error.length / weights.length;
                for (int i = 0; i < error.length; i++) {
                    error[i] *= (float) (weights[i / each] / Math.hypot(error[i], delta));
                }
                gradient.put(error);
                return gradient;
            }
        };
    }
}
