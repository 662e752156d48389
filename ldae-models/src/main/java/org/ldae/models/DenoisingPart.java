package org.ldae.models;

import org.ldae.core.Rng;
import org.ldae.core.TokenGrid;
import org.ldae.data.ImageSource;
import org.ldae.inference.Patches;
import org.ldae.nn.Denoiser;
import org.ldae.nn.Workspace;
import org.ldae.noise.NoiseSchedule;
import org.ldae.noise.TimeSampling;
import org.ldae.training.ImageFeed;
import org.ldae.training.TrainingLoop;

/** One worker's share of every batch: reads its images, runs the passes, collects loss and gradients. */
final class DenoisingPart implements TrainingLoop.Part {

    private final DenoisingPass pass;
    private final ImageSource images;
    private final ImageFeed feed;
    private final NoiseSchedule schedule;
    private final TimeSampling sampling;
    private final Patches patches;
    private final int first;
    private final int last;
    private final int latentSize;
    private final float[] pixels;
    private final float[] noise;
    private final ClassLabels labels;
    private final Denoiser.Conditions conditions;
    private final float[] present;

    DenoisingPart(FittedRecipe fitted, Workspace work, ImageFeed feed) {
        Recipe recipe = fitted.recipe();
        TokenGrid grid = fitted.tokenizer().grid();
        org.ldae.training.Share range = feed.share();
        int size = range.size();
        this.pass = new DenoisingPass(fitted, work, size);
        this.images = feed.images();
        this.feed = feed;
        this.schedule = recipe.schedule();
        this.sampling = recipe.sampling();
        this.patches = Patches.of(grid);
        this.first = range.first();
        this.last = range.last();
        this.latentSize = grid.tokens() * fitted.tokenizer().dimension();
        this.pixels = new float[size * images.shape().size()];
        this.noise = new float[size * latentSize];
        this.labels = recipe.labels();
        this.conditions = Denoiser.Conditions.of(size);
        this.present = new float[size];
    }

    @Override
    public double step(int number, Rng step, int[] batch) {
        feed.start(number);
        double loss = 0;
        double count = (double) batch.length * pass.errorsPerImage();
        for (int from = first; from < last; from += pass.images()) {
            for (int i = 0; i < pass.images(); i++) {
                present[i] = from + i < last ? 1 : 0;
                // Padding repeats the share's last image and counts for nothing.
                fill(i, Math.min(from + i, last - 1), step, batch);
            }
            pass.corrupt(pixels, noise, conditions);
            loss += pass.loss(present, count);
            pass.backward();
        }
        return loss;
    }

    private void fill(int slot, int position, Rng step, int[] batch) {
        float[] image = feed.image(position);
        patches.gather(image, 0, pixels, slot * image.length);
        step.stream("noise").at(position).normals(noise, slot * latentSize, (slot + 1) * latentSize);
        float uniform = step.stream("time").at(position).generator().nextFloat();
        conditions.times()[slot] = (float) sampling.time(schedule, uniform);
        if (labels.told()) {
            boolean dropped = step.stream("label").at(position).generator().nextDouble() < labels.dropout();
            conditions.labels()[slot] = dropped ? Denoiser.Conditions.NO_LABEL : images.label(batch[position]);
        }
    }

    @Override
    public void close() {
        feed.close();
    }
}
