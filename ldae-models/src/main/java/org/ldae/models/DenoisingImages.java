package org.ldae.models;

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
    private final DenoisingPass pass;
    private final Patches patches;
    private final int latentSize;
    private final float[] pixels;
    private final float[] noise;
    private final Denoiser.Conditions conditions;
    private final float[] present;

    DenoisingImages(FittedRecipe fitted, Workspace work, ImageSource images, int count) {
        TokenGrid grid = fitted.tokenizer().grid();
        this.recipe = fitted.recipe();
        this.pass = new DenoisingPass(fitted, work, count);
        this.patches = Patches.of(grid);
        this.latentSize = grid.tokens() * fitted.tokenizer().dimension();
        this.pixels = new float[count * images.shape().size()];
        this.noise = new float[count * latentSize];
        this.conditions = Denoiser.Conditions.of(count);
        this.present = new float[count];
    }

    @Override
    public void take(int slot, float[] image, int position, Step step) {
        patches.gather(image, 0, pixels, slot * image.length);
        step.rng().stream("noise").at(position).normals(noise, slot * latentSize, (slot + 1) * latentSize);
        float uniform = step.rng().stream("time").at(position).generator().nextFloat();
        conditions.times()[slot] = (float) recipe.sampling().time(recipe.schedule(), uniform);
        pass.drop(step.rng().stream("mask").at(position), slot);
        if (recipe.labels().told()) {
            double drawn = step.rng().stream("label").at(position).generator().nextDouble();
            boolean dropped = drawn < recipe.labels().dropout();
            conditions.labels()[slot] = dropped ? Denoiser.Conditions.NO_LABEL : step.label(position);
        }
    }

    @Override
    public double run(int first, int count, Step step) {
        for (int i = 0; i < present.length; i++) {
            present[i] = i < count ? 1 : 0;
        }
        pass.corrupt(pixels, noise, conditions);
        double loss = pass.loss(present, (double) step.size() * pass.errorsPerImage());
        if (step.learns()) {
            pass.backward();
        }
        return loss;
    }
}
