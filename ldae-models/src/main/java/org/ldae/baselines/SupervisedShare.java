package org.ldae.baselines;

import java.util.Arrays;
import org.ldae.compute.Tensor;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;
import org.ldae.training.Share;
import org.ldae.training.TrainingLoop;
import org.ldae.transformer.ClassifyingPass;

/** One thread's share of the batches of training with labels. */
final class SupervisedShare implements TrainingLoop.Part {

    private final Supervised options;
    private final ClassifyingPass pass;
    private final ImageSource images;
    private final BatchReader reader;
    private final Share share;
    private final CrossEntropy loss;
    private final int classes;
    private final float[] image;
    private final float[] other;
    private final float[] pixels;
    private final float[] targets;

    /** Where images and their labels are read. */
    record Images(ImageSource labels, BatchReader reader) {}

    SupervisedShare(Supervised options, ClassifyingPass pass, Images images, Share share) {
        int size = images.labels.shape().size();
        this.options = options;
        this.pass = pass;
        this.images = images.labels;
        this.reader = images.reader;
        this.share = share;
        this.classes = images.labels.classNames().size();
        this.loss = new CrossEntropy(share.size(), classes);
        this.image = new float[size];
        this.other = new float[size];
        this.pixels = new float[share.size() * size];
        this.targets = new float[share.size() * classes];
    }

    @Override
    public double step(int number, Rng step, int[] batch) {
        reader.start(step, batch);
        Mixing mixing = Mixing.draw(options, images.shape(), step.stream("mixing"));
        double sum = 0;
        for (int from = share.first(); from < share.last(); from += share.size()) {
            int count = Math.min(share.size(), share.last() - from);
            Arrays.fill(targets, 0);
            for (int i = 0; i < share.size(); i++) {
                // Padding repeats the pass's last image and has no target.
                int position = from + Math.min(i, count - 1);
                fill(position, partner(batch, position), mixing);
                reader.cut(image, pixels, i);
                if (i < count) {
                    target(batch[position], i, mixing.share());
                    target(batch[partner(batch, position)], i, 1 - mixing.share());
                }
            }
            pass.patches().put(pixels);
            Tensor scores = pass.forward();
            sum += loss.backward(scores, targets, batch.length);
            pass.backward(scores);
        }
        return sum;
    }

    private void fill(int position, int partner, Mixing mixing) {
        reader.read(position, image);
        if (!mixing.none()) {
            reader.read(partner, other);
            mixing.mix(image, other, images.shape());
        }
    }

    /** Images are mixed with those of the reversed batch. */
    private static int partner(int[] batch, int position) {
        return batch.length - 1 - position;
    }

    /** Adds a part of an image's smoothed label. */
    private void target(int index, int slot, double part) {
        double smoothing = options.labelSmoothing();
        for (int k = 0; k < classes; k++) {
            targets[slot * classes + k] += (float) (part * smoothing / classes);
        }
        targets[slot * classes + images.label(index)] += (float) (part * (1 - smoothing));
    }
}
