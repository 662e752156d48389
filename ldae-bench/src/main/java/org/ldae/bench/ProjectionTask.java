package org.ldae.bench;

import org.ldae.core.ImageShape;
import org.ldae.data.ImageSource;
import org.ldae.tokenizers.linear.PatchPCA;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Patches of 64 images of 224 x 224 on 32 principal components of 768, from image to latents. */
final class ProjectionTask implements Task {

    private static final int IMAGES = 64;
    private static final int PATCH = 16;
    private static final int COMPONENTS = 32;
    private static final ImageShape SHAPE = new ImageShape(3, 224, 224);

    @Override
    public String kind() {
        return "projection";
    }

    @Override
    public Work open() {
        return new Encoding();
    }

    private static final class Encoding implements Work {
        private final INDArray images = Numbers.images("images", IMAGES, SHAPE);
        private final PatchPCA pca = PatchPCA.fit(
                ImageSource.of(images, new int[0], java.util.List.of()),
                PatchPCA.patch(PATCH).components(COMPONENTS).withImages(10));

        @Override
        public void handOver(Handoff handoff) {
            handoff.number("patch", PATCH).tensor("images", images).linearCodec(pca);
        }

        @Override
        public double[] check() {
            INDArray latents = pca.encode(images);
            return new double[] {
                Checks.norm(latents.data().asFloat()),
                Checks.norm(latents.slice(0).dup('c').data().asFloat())
            };
        }

        @Override
        public void iterate() {
            pca.encode(images).close();
        }

        @Override
        public void close() {
            images.close();
        }
    }
}
