package org.ldae.perceptual;

import org.jspecify.annotations.Nullable;
import org.ldae.compute.Kernels;
import org.ldae.compute.MapShape;
import org.ldae.compute.Tensor;
import org.ldae.compute.Workers;
import org.ldae.data.ImageSource;
import org.ldae.nn.Linear;
import org.ldae.nn.Workspace;
import org.ldae.nn.conv.ConvNet;
import org.ldae.nn.conv.ImageRows;
import org.ldae.nn.conv.MapMemory;

/** Forward passes of a feature net over many images, some at a time on all workers. */
final class FeatureRun {

    private final FeatureNet net;
    private final ImageSource images;
    private final MapShape image;

    FeatureRun(FeatureNet net, ImageSource images) {
        this.net = net;
        this.images = images;
        this.image = FeatureNet.sides(images.shape());
        net.requireReads(image);
    }

    /** Pooled features {@code [N, M]}, row by row. */
    float[] pooled() {
        return run(net.width(), false);
    }

    /** Scores of the classes {@code [N, K]}, row by row. */
    float[] scores() {
        return run(net.classes(), true);
    }

    private float[] run(int numbers, boolean head) {
        float[] result = new float[Math.multiplyExact(images.size(), numbers)];
        try (Workers workers = new Workers()) {
            ConvNet[] nets = net.body().stages(image).toArray(new ConvNet[0]);
            int share = (images.size() + workers.count() - 1) / workers.count();
            int size = Math.min(share, MapMemory.imagesAtOnce(nets));
            workers.run(w -> {
                if (w * size < images.size()) {
                    try (Workspace work = Workspace.inference(workers.kernels(w), net.parameters())) {
                        new Chunks(work, size, head).run(w * size, workers.count() * size, result);
                    }
                }
            });
        }
        return result;
    }

    /** One worker's passes. */
    private final class Chunks {
        private final Kernels kernels;
        private final int size;
        private final FeaturePass pass;
        private final Tensor pooled;
        private final Tensor scores;
        private final @Nullable Linear head;

        Chunks(Workspace work, int size, boolean withHead) {
            this.kernels = work.kernels();
            this.size = size;
            this.pass = new FeaturePass(net.body(), work, image, size, FeaturePass.Purpose.REPRESENT);
            this.pooled = work.allocate(size, net.width());
            this.head = withHead ? new Linear(work, FeatureNet.HEAD) : null;
            this.scores = withHead ? work.allocate(size, net.classes()) : pooled;
        }

        void run(int from, int step, float[] result) {
            ImageRows rows = new ImageRows(images.shape(), size);
            float[] pixels = new float[images.shape().size()];
            int numbers = scores.columns();
            for (int first = from; first < images.size(); first += step) {
                int count = Math.min(size, images.size() - first);
                for (int i = 0; i < size; i++) {
                    // A last, smaller chunk is filled up with copies of its last image.
                    images.read(first + Math.min(i, count - 1), pixels, 0);
                    rows.put(i, pixels);
                }
                pass.pixels().put(rows.numbers());
                pass.forward();
                kernels.images().averagePool(pass.last().values(), pooled);
                if (head != null) {
                    head.forward(pooled, scores);
                }
                System.arraycopy(scores.toArray(), 0, result, first * numbers, count * numbers);
            }
        }
    }
}
