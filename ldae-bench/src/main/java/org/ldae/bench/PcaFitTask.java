package org.ldae.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.ldae.core.ImageShape;
import org.ldae.data.ImageSource;
import org.ldae.tokenizers.linear.PatchPCA;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Principal components of the patches of images in memory: cutting them up, covariance, eigenvectors.
 *
 * @param name what its numbers are named after
 * @param images n
 * @param shape of an image
 * @param patch side of a patch
 */
record PcaFitTask(String name, int images, ImageShape shape, int patch) implements Task {

    private static final int COMPONENTS = 32;

    /** 19600 patches of 768 numbers. */
    static PcaFitTask large() {
        return new PcaFitTask("pcafit", 100, new ImageShape(3, 224, 224), 16);
    }

    /** 25600 patches of 192 numbers. */
    static PcaFitTask medium() {
        return new PcaFitTask("pcafit192", 400, new ImageShape(3, 64, 64), 8);
    }

    @Override
    public String kind() {
        return "pcafit";
    }

    @Override
    public Set<String> peers() {
        return Set.of(Peers.SKLEARN, Peers.NUMPY);
    }

    @Override
    public Work open() {
        return new Fits(this);
    }

    private static final class Fits implements Work {
        private final PcaFitTask task;
        private final INDArray pixels;
        private final ImageSource source;

        Fits(PcaFitTask task) {
            this.task = task;
            pixels = Numbers.images("images", task.images, task.shape);
            source = ImageSource.of(pixels, new int[0], List.of());
        }

        private PatchPCA fit() {
            return PatchPCA.fit(source, PatchPCA.patch(task.patch).components(COMPONENTS));
        }

        @Override
        public void handOver(Handoff handoff) {
            handoff.number("patch", task.patch).number("components", COMPONENTS).tensor("images", pixels);
        }

        @Override
        public double[] check() {
            return Arrays.copyOf(fit().explainedVariance(), COMPONENTS);
        }

        /** A randomised solver finds the weaker of them so well; ours and the exact one agree to 1e-5. */
        @Override
        public double tolerance() {
            return 1e-3;
        }

        @Override
        public void iterate() {
            fit();
        }

        @Override
        public void close() {
            pixels.close();
        }
    }
}
