package org.ldae.deconstruction;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.ldae.models.Dropping;
import org.ldae.models.Expect;
import org.ldae.models.Recipe;
import org.ldae.models.Synthetic;
import org.ldae.tokenizers.linear.PatchPCA;
import org.ldae.transformer.MaskedTransformer;
import org.ldae.transformer.VisionTransformer;

class LadderTest {

    private static final Ladder LADDER = new Ladder(3);
    private static final Recipe SINGLE = Recipe.singleLevel(PatchPCA.patch(4).components(24))
            .withDenoiser(VisionTransformer.tiny().withWidth(64, 4).withBlocks(2, 2));

    @Test
    void everyStepMakesASoundRecipeThatDiffersFromTheOneBefore() {
        Recipe before = null;
        for (Step rung : LADDER.rungs()) {
            Recipe recipe = LADDER.recipeAt(SINGLE, rung.name());
            assertEquals(List.of(), recipe.problems(), rung.name());
            assertFalse(recipe.equals(before), rung.name());
            before = recipe;
        }
        Recipe light = LADDER.recipeAt(SINGLE, "light-noise");
        for (Step variant : LADDER.variants()) {
            Recipe recipe = LADDER.recipeAt(SINGLE, variant.name());
            assertEquals(List.of(), recipe.problems(), variant.name());
            assertFalse(light.diff(recipe).isEmpty(), variant.name());
        }
        Stream<String> names = Stream.concat(LADDER.rungs().stream(), LADDER.variants().stream())
                .map(Step::name);
        assertEquals(14, names.distinct().count());
    }

    @Test
    void itLeadsFromLdaeToTheMaskedAutoencoder() {
        VisionTransformer encoder = VisionTransformer.tiny().withWidth(64, 4).withBlocks(4, 2);
        assertEquals(SINGLE, LADDER.recipeAt(SINGLE, "today"));
        assertEquals(
                Recipe.masked(PatchPCA.patch(4).components(48), encoder), LADDER.recipeAt(SINGLE, "all-components"));
        assertEquals(
                Dropping.of(0.75).withBlocks(2),
                LADDER.recipeAt(SINGLE, "dropped-squares").dropping());
        assertEquals(
                LADDER.recipeAt(SINGLE, "normalised-targets"),
                LADDER.recipeAt(SINGLE, Ladder.FRONT)
                        .withDenoiser(
                                LADDER.recipeAt(SINGLE, "normalised-targets").denoiser()));
    }

    @Test
    void refusals() {
        Expect.refused(() -> new Ladder(0), "channel", "0");
        Expect.refused(() -> LADDER.recipeAt(SINGLE, "sideways"), "ladder", "sideways");
        Recipe masked = SINGLE.withDenoiser(MaskedTransformer.of(Synthetic.network()));
        Expect.refused(() -> LADDER.recipeAt(masked, "narrow-decoder"), "vision transformer", "MaskedTransformer");
    }
}
