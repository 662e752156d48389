package org.ldae.models;

import org.jspecify.annotations.Nullable;
import org.ldae.core.TokenGrid;
import org.ldae.data.ImageSource;
import org.ldae.inference.Patches;
import org.ldae.nn.Denoiser;
import org.ldae.nn.Workspace;
import org.ldae.training.ImagePass;
import org.ldae.training.Step;

/** Draws noise, time and label of some images, runs the passes, collects loss and gradients. */
final class DenoisingImages implements ImagePass {

    private final Recipe recipe;
    private final @Nullable AdaptiveTimes adaptive;
    private final DenoisingPass pass;
    private final Patches patches;
    private final int latentSize;
    private final float[] pixels;
    private final float[] noise;
    private final Denoiser.Conditions conditions;
    private final float[] present;
    /** The random number that each image's time was drawn by. */
    private final double[] places;

    DenoisingImages(
            FittedRecipe fitted, Workspace work, ImageSource images, int count, @Nullable AdaptiveTimes adaptive) {
        TokenGrid grid = fitted.tokenizer().grid();
        this.recipe = fitted.recipe();
        this.adaptive = adaptive;
        this.pass = new DenoisingPass(fitted, work, count);
        this.patches = Patches.of(grid);
        this.latentSize = grid.tokens() * fitted.tokenizer().dimension();
        this.pixels = new float[count * images.shape().size()];
        this.noise = new float[count * latentSize];
        this.conditions = Denoiser.Conditions.of(count);
        this.present = new float[count];
        this.places = new double[count];
    }

    @Override
    public void take(int slot, float[] image, int position, Step step) {
        patches.gather(image, 0, pixels, slot * image.length);
        step.rng().stream("noise").at(position).normals(noise, slot * latentSize, (slot + 1) * latentSize);
        float uniform = step.rng().stream("time").at(position).generator().nextFloat();
        AdaptiveTimes draws = draws(step);
        places[slot] = draws == null ? uniform : draws.place(uniform);
        conditions.times()[slot] = (float) recipe.sampling().time(recipe.schedule(), places[slot]);
        pass.drop(step.rng().stream("mask").at(position), slot);
        if (recipe.labels().told()) {
            double drawn = step.rng().stream("label").at(position).generator().nextDouble();
            boolean dropped = drawn < recipe.labels().dropout();
            conditions.labels()[slot] = dropped ? Denoiser.Conditions.NO_LABEL : step.label(position);
        }
    }

    /** Images held out have even times at every check. */
    private @Nullable AdaptiveTimes draws(Step step) {
        return step.learns() ? adaptive : null;
    }

    @Override
    public double run(int first, int count, Step step) {
        AdaptiveTimes draws = draws(step);
        for (int i = 0; i < present.length; i++) {
            float weight = draws == null ? 1 : (float) draws.weight(places[i]);
            present[i] = i < count ? weight : 0;
        }
        pass.corrupt(pixels, noise, conditions);
        double loss = pass.loss(present, (double) step.size() * pass.errorsPerImage());
        if (draws != null) {
            double[] each = pass.eachLoss();
            for (int i = 0; i < count; i++) {
                draws.saw(first + i, places[i], each[i]);
            }
        }
        if (step.learns()) {
            pass.backward();
        }
        return loss;
    }
}
