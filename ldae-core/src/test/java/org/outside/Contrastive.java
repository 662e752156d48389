package org.outside;

import java.util.List;
import org.ldae.compute.Tensor;
import org.ldae.core.Rng;
import org.ldae.data.Augmentation;
import org.ldae.data.ImageSource;
import org.ldae.nn.Linear;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;
import org.ldae.training.ImageFeed;
import org.ldae.training.ImagePart;
import org.ldae.training.ImagePass;
import org.ldae.training.Learner;
import org.ldae.training.Phase;
import org.ldae.training.Share;
import org.ldae.training.Step;
import org.ldae.training.Task;
import org.ldae.training.Training;

/** SimCLR (Chen et al. 2020) of a linear encoder: two views of each image, and NT-Xent over the views of the whole batch. */
record Contrastive(
        ImageSource images, Training training, Augmentation views, Rng rng, Parameters parameters, NtXent loss)
        implements Task {

    @Override
    public String name() {
        return "contrastive";
    }

    @Override
    public List<Learner> learners() {
        return List.of(Learner.of("encoder", parameters));
    }

    @Override
    public int imagesAtOnce() {
        return training.batchSize(); // one pass a share: what it keeps of the first phase is there in the second
    }

    @Override
    public List<Phase> phases(int step) {
        return List.of(Phase.gathering(loss.embeddings(), loss::differentiate), Phase.updating(0));
    }

    @Override
    public Part part(Share share, List<Workspace> work) {
        return ImagePart.of(share, new ImageFeed(images, training, rng, share), new Views(work.get(0), share.size()));
    }

    /** Both views of some images: embedded in the first phase, differentiated in the second. */
    private final class Views implements ImagePass {
        private final int size = images.shape().size();
        private final Linear encoder;
        private final Tensor pixels;
        private final Tensor embedded;
        private final float[] both;
        private final float[] numbers;
        private final float[] scratch = new float[views.scratch(images.shape())];

        Views(Workspace work, int count) {
            encoder = new Linear(work, "encoder");
            pixels = work.allocate(2 * count, size);
            embedded = work.allocate(2 * count, loss.width());
            both = new float[2 * count * size];
            numbers = new float[2 * count * loss.width()];
        }

        @Override
        public void take(int slot, float[] image, int position, Step step) {
            for (int view = 0; view < 2; view++) {
                int at = (2 * slot + view) * size;
                System.arraycopy(image, 0, both, at, size);
                Rng key = step.rng().stream("view").at(2L * position + view);
                views.apply(both, at, images.shape(), key, scratch);
            }
        }

        @Override
        public double run(int first, int count, Step step) {
            int from = 2 * first * loss.width();
            if (step.phase() == 0) {
                pixels.put(both);
                encoder.forward(pixels, embedded);
                embedded.get(numbers);
                System.arraycopy(numbers, 0, loss.embeddings(), from, 2 * count * loss.width());
                return 0;
            }
            System.arraycopy(loss.gradients(), from, numbers, 0, 2 * count * loss.width());
            embedded.put(numbers);
            encoder.backward(pixels, embedded, null);
            return loss.value() * count / step.size();
        }
    }
}
