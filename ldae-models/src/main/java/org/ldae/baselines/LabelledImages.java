package org.ldae.baselines;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.ldae.compute.Tensor;
import org.ldae.core.ImageShape;
import org.ldae.core.TokenGrid;
import org.ldae.inference.Patches;
import org.ldae.training.CrossEntropy;
import org.ldae.training.ImagePart.Images;
import org.ldae.training.ImagePass;
import org.ldae.training.Step;
import org.ldae.transformer.ClassifyingPass;

/** Mixes images and their targets, and compares the scores. */
final class LabelledImages implements ImagePass {

    private final Supervised options;
    private final ClassifyingPass pass;
    private final ImageShape shape;
    private final Patches patches;
    /** The images that are mixed in, null if none are. */
    private final @Nullable Images partners;

    private final CrossEntropy loss;
    private final int classes;
    private final float[] pixels;
    private final float[] targets;
    private Mixing mixing = Mixing.NONE;
    private int mixedFor = -1;

    LabelledImages(Supervised options, ClassifyingPass pass, TokenGrid grid, Sizes sizes, @Nullable Images partners) {
        this.options = options;
        this.pass = pass;
        this.shape = grid.image();
        this.patches = Patches.of(grid);
        this.partners = partners;
        this.classes = sizes.classes;
        this.loss = new CrossEntropy(sizes.images, classes);
        this.pixels = new float[sizes.images * shape.size()];
        this.targets = new float[sizes.images * classes];
    }

    /** Images of a pass, classes of the set. */
    record Sizes(int images, int classes) {}

    /** Images are mixed with those of the reversed batch. */
    static int partner(int position, int batch) {
        return batch - 1 - position;
    }

    @Override
    public void take(int slot, float[] image, int position, Step step) {
        Mixing how = mixing(step);
        Arrays.fill(targets, slot * classes, (slot + 1) * classes, 0);
        target(step.label(position), slot, how.share());
        if (!how.none() && partners != null) {
            int partner = partner(position, step.size());
            how.mix(image, partners.image(step.number(), position), shape);
            target(step.label(partner), slot, 1 - how.share());
        }
        patches.gather(image, 0, pixels, slot * image.length);
    }

    private Mixing mixing(Step step) {
        if (!step.learns()) {
            return Mixing.NONE;
        }
        if (step.number() != mixedFor) {
            mixedFor = step.number();
            mixing = Mixing.draw(options.alphas(), shape, step.rng().stream("mixing"));
        }
        return mixing;
    }

    /** Adds a part of an image's smoothed label. */
    private void target(int label, int slot, double part) {
        double smoothing = options.labelSmoothing();
        for (int k = 0; k < classes; k++) {
            targets[slot * classes + k] += (float) (part * smoothing / classes);
        }
        targets[slot * classes + label] += (float) (part * (1 - smoothing));
    }

    @Override
    public double run(int first, int count, Step step) {
        Arrays.fill(targets, count * classes, targets.length, 0); // padding has no target
        pass.patches().put(pixels);
        Tensor scores = pass.forward();
        double sum = loss.backward(scores, targets, step.size());
        if (step.learns()) {
            pass.backward(scores);
        }
        return sum;
    }

    @Override
    public void close() {
        if (partners != null) {
            partners.close();
        }
    }
}
