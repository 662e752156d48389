package org.ldae.perceptual;

import java.util.Arrays;
import org.ldae.compute.Tensor;
import org.ldae.core.ImageShape;
import org.ldae.nn.Linear;
import org.ldae.nn.Workspace;
import org.ldae.nn.conv.ImageRows;
import org.ldae.nn.conv.Maps;
import org.ldae.training.CrossEntropy;
import org.ldae.training.ImagePass;
import org.ldae.training.Step;

/** Some images of a feature net's training at a time. */
final class ClassifyingImages implements ImagePass {

    private final Workspace work;
    private final ImageRows rows;
    private final int stages;
    private final FeaturePass pass;
    private final Linear head;
    private final Tensor pooled;
    private final Tensor dPooled;
    private final Tensor scores;
    private final CrossEntropy loss;
    private final float[] targets;

    ClassifyingImages(Body body, ImageShape image, Workspace work, int count) {
        this.work = work;
        this.rows = new ImageRows(image, count);
        this.pass = new FeaturePass(body, work, FeatureNet.sides(image), count, FeaturePass.Purpose.LEARN);
        this.stages = pass.maps().size();
        this.head = new Linear(work, FeatureNet.HEAD);
        this.pooled = work.allocate(count, body.features());
        this.dPooled = work.allocate(count, body.features());
        this.scores = work.allocate(count, body.classes());
        this.loss = new CrossEntropy(count, body.classes());
        this.targets = new float[scores.size()];
    }

    @Override
    public void take(int slot, float[] image, int position, Step step) {
        int classes = scores.columns();
        rows.put(slot, image);
        Arrays.fill(targets, slot * classes, (slot + 1) * classes, 0);
        targets[slot * classes + step.label(position)] = 1;
    }

    @Override
    public double run(int first, int count, Step step) {
        Arrays.fill(targets, count * scores.columns(), targets.length, 0); // padding has no target
        pass.pixels().put(rows.numbers());
        pass.forward();
        work.kernels().images().averagePool(pass.last().values(), pooled);
        head.forward(pooled, scores);
        double sum = loss.backward(scores, targets, step.size());
        if (step.learns()) {
            backward();
        }
        return sum;
    }

    private void backward() {
        head.backward(pooled, scores, dPooled);
        Maps last = pass.last();
        work.kernels().images().averagePoolBackward(dPooled, 0, last.gradient());
        for (int stage = stages - 1; stage >= 0; stage--) {
            pass.backward(stage, true);
        }
    }
}
