package org.ldae.perceptual;

import org.ldae.compute.MapShape;
import org.ldae.compute.Tensor;
import org.ldae.core.Rng;
import org.ldae.data.Augmentation;
import org.ldae.data.ImageSource;
import org.ldae.nn.Linear;
import org.ldae.nn.Workspace;
import org.ldae.nn.conv.Maps;
import org.ldae.training.Fit;
import org.ldae.training.ImageRows;
import org.ldae.training.Share;

/** One worker's share of a feature net's training. */
final class ClassifyingShare {

    private final Workspace work;
    private final Share share;
    private final ImageSource training;
    private final ImageSource heldOut;
    private final Augmentation augmentation;
    private final ImageRows trainingRows;
    private final ImageRows heldOutRows;
    private final int stages;
    private final FeaturePass pass;
    private final Linear head;
    private final Tensor pooled;
    private final Tensor dPooled;
    private final Tensor scores;
    private final float[] logits;
    private final int[] labels;

    ClassifyingShare(Body body, Fit.Split split, Augmentation augmentation, Workspace work, Share share) {
        MapShape image = FeatureNet.sides(split.training().shape());
        this.work = work;
        this.share = share;
        this.training = split.training();
        this.heldOut = split.heldOut();
        this.augmentation = augmentation;
        this.trainingRows = new ImageRows(training, share.size());
        this.heldOutRows = new ImageRows(heldOut, share.size());
        this.pass = new FeaturePass(body, work, image, share.size(), FeaturePass.Purpose.LEARN);
        this.stages = pass.maps().size();
        this.head = new Linear(work, FeatureNet.HEAD);
        this.pooled = work.allocate(share.size(), body.features());
        this.dPooled = work.allocate(share.size(), body.features());
        this.scores = work.allocate(share.size(), body.classes());
        this.logits = new float[share.size() * body.classes()];
        this.labels = new int[share.size()];
    }

    /** Sums over images, each divided by the number of all. */
    record Score(double loss, double accuracy) {}

    Workspace workspace() {
        return work;
    }

    /** Loss of this share of a batch, its gradients left in the workspace. */
    double step(int[] batch, Rng key) {
        work.kernels().fill(work.gradients(), 0);
        double loss = 0;
        for (int from = share.first(); from < share.last(); from += share.size()) {
            int count = Math.min(share.size(), share.last() - from);
            for (int i = 0; i < share.size(); i++) {
                int position = from + Math.min(i, count - 1);
                trainingRows.read(batch[position], i, augmentation, key.at(position));
                labels[i] = training.label(batch[position]);
            }
            loss += forward(trainingRows, count, batch.length).loss();
            backward();
        }
        return loss;
    }

    /** This worker's part of the held-out images' score; the passes go round the workers. */
    Score heldOut(int workers, int worker) {
        double loss = 0;
        double accuracy = 0;
        int size = share.size();
        for (int first = worker * size; first < heldOut.size(); first += workers * size) {
            int count = Math.min(size, heldOut.size() - first);
            for (int i = 0; i < size; i++) {
                int index = first + Math.min(i, count - 1);
                heldOutRows.read(index, i);
                labels[i] = heldOut.label(index);
            }
            Score score = forward(heldOutRows, count, heldOut.size());
            loss += score.loss;
            accuracy += score.accuracy;
        }
        return new Score(loss, accuracy);
    }

    private Score forward(ImageRows rows, int count, int total) {
        pass.pixels().put(rows.numbers());
        pass.forward();
        work.kernels().images().averagePool(pass.last().values(), pooled);
        head.forward(pooled, scores);
        scores.get(logits);
        return crossEntropy(count, total);
    }

    /** Turns the logits of the first images into the gradient of their mean cross-entropy, those of the rest into 0. */
    private Score crossEntropy(int count, int total) {
        int classes = scores.columns();
        double loss = 0;
        int right = 0;
        for (int i = 0; i < labels.length; i++) {
            int from = i * classes;
            int best = from;
            for (int k = from; k < from + classes; k++) {
                best = logits[k] > logits[best] ? k : best;
            }
            float max = logits[best];
            double sum = 0;
            for (int k = from; k < from + classes; k++) {
                sum += Math.exp(logits[k] - max);
            }
            if (i < count) {
                loss += Math.log(sum) - (logits[from + labels[i]] - max);
                right += best == from + labels[i] ? 1 : 0;
            }
            double share = i < count ? 1.0 / total : 0;
            for (int k = from; k < from + classes; k++) {
                double hit = k == from + labels[i] ? 1 : 0;
                logits[k] = (float) (share * (Math.exp(logits[k] - max) / sum - hit));
            }
        }
        return new Score(loss / total, (double) right / total);
    }

    private void backward() {
        scores.put(logits);
        head.backward(pooled, scores, dPooled);
        Maps last = pass.last();
        work.kernels().images().averagePoolBackward(dPooled, 0, last.gradient());
        for (int stage = stages - 1; stage >= 0; stage--) {
            pass.backward(stage, true);
        }
    }
}
