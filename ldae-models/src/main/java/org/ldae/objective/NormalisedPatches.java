package org.ldae.objective;

import java.util.List;
import java.util.Objects;
import org.ldae.compute.Tensor;
import org.ldae.nn.RowNorm;
import org.ldae.noise.NoiseLevel.Quantity;
import org.ldae.noise.Weighting;
import org.ldae.tokenizers.TokenizerOptions;

/**
 * Clean patches, each normalised by its own mean and deviation (He et al. 2022), by squared errors.
 *
 * @param weighting weight of a noise level
 */
record NormalisedPatches(Weighting weighting) implements Objective {

    NormalisedPatches {
        Objects.requireNonNull(weighting, "objective: weighting");
    }

    @Override
    public Quantity quantity() {
        return Quantity.CLEAN;
    }

    @Override
    public Objective withWeighting(Weighting levels) {
        return new NormalisedPatches(levels);
    }

    @Override
    public boolean tellsClean() {
        return false;
    }

    @Override
    public List<String> problems(Space output, TokenizerOptions tokenizer) {
        return output == Space.IMAGE
                ? List.of()
                : List.of(
                        "normalised patches are predicted in image space, got output %s; use withOutput(Space.IMAGE, ...)"
                                .formatted(output));
    }

    @Override
    public Loss loss(Setting setting) {
        Tensor patches = setting.example().patches();
        RowNorm norm = new RowNorm(setting.work(), patches);
        Tensor target = setting.work().allocate(patches.rows(), patches.columns());
        return Objective.squares(setting, () -> {
            norm.forward(target);
            return target;
        });
    }
}
