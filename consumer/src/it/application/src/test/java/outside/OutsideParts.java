package outside;

import org.ldae.core.Parts;
import org.ldae.nn.Denoiser;
import org.ldae.noise.NoiseSchedule;
import org.ldae.noise.Weighting;
import org.ldae.objective.Objective;
import org.ldae.tokenizers.TokenizerOptions;

/** The kinds that this jar brings; META-INF/services/org.ldae.core.Parts names this class. */
public final class OutsideParts implements Parts {

    @Override
    public void register(Kinds kinds) {
        kinds.add(TokenizerOptions.class, "dct", Dct.class)
                .add(Denoiser.class, "token-mlp", TokenMlp.class)
                .add(NoiseSchedule.class, "parabola", Parabola.class)
                .add(Weighting.class, "signal-power", SignalPower.class)
                .add(Objective.class, "smooth-error", SmoothError.class);
    }
}
