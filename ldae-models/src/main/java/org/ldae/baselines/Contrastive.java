package org.ldae.baselines;

import org.jspecify.annotations.Nullable;
import org.ldae.compute.Backend;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.core.TokenGrid;
import org.ldae.data.ImageSource;
import org.ldae.data.Views;
import org.ldae.models.PlainEncoder;
import org.ldae.models.Provenance;
import org.ldae.nn.Parameters;
import org.ldae.training.Session;
import org.ldae.training.Training;
import org.ldae.training.TrainingFlops;
import org.ldae.training.TrainingLoop;
import org.ldae.transformer.VisionTransformer;

/**
 * Contrastive learning: two random views of an image are to be embedded alike, and unlike those of all other images of the batch.
 * Tokens are averaged and normalised before the heads; what is kept is the encoder.
 *
 * <pre>{@code
 * Training training = Training.epochs(100).withBatchSize(256);
 * try (PlainEncoder encoder = Contrastive.mocoV3(4, VisionTransformer.tiny(), training)
 *         .train(images, Rng.of(1), Progress.console())) {
 *     INDArray features = encoder.represent(images, Features.pooled()); // [N, M]
 * }
 * }</pre>
 *
 * <p>The loss is that of the whole batch, however many threads or processes share it. Progress tells {@link
 * Progress.Quantity#SPREAD}, by which a collapse shows: embeddings that no longer differ.
 *
 * @param patch patch side P in pixels
 * @param network the encoder; decoder and conditioning are not looked at
 * @param method heads and loss
 * @param training how it is trained; the batch is what images are contrasted with, 128 or more
 * @param views how images are changed; null for {@link Views#of} the images' shape
 */
public record Contrastive(
        int patch,
        VisionTransformer network,
        Method method,
        Training training,
        @Nullable Views views) {

    /**
     * Heads and loss.
     *
     * @param projector on the encoder's averaged tokens
     * @param predictor on the projection, if there are momentum keys; of no layers otherwise
     * @param temperature what cosines are divided by, positive
     * @param momentum at the start, in (0, 1), of the slow copy of encoder and projector that makes the keys; it rises to 1 by half
     *     a cosine. 0 if the views are each other's keys
     * @param frozenEmbedding whether the embedding of patches keeps its random start, without which ViTs are unstable (Chen et
     *     al. 2021)
     */
    public record Method(
            ProjectionHead projector,
            ProjectionHead predictor,
            double temperature,
            double momentum,
            boolean frozenEmbedding) {

        /**
         * Checks the ranges.
         *
         * @param projector on the encoder's averaged tokens
         * @param predictor on the projection
         * @param temperature what cosines are divided by, positive
         * @param momentum at the start, in [0, 1)
         * @param frozenEmbedding whether the embedding of patches keeps its start
         */
        public Method {
            if (!(temperature > 0 && temperature < Double.POSITIVE_INFINITY) || !(momentum >= 0 && momentum < 1)) {
                throw new IllegalArgumentException(
                        "contrastive: expected a finite temperature > 0 and a momentum in [0, 1), got %s and %s"
                                .formatted(temperature, momentum));
            }
            if (projector.layers() < 1) {
                throw new IllegalArgumentException("contrastive: expected a projector of at least 1 layer, got none");
            }
            boolean fits = momentum == 0
                    ? predictor.layers() == 0
                    : predictor.layers() == 0 || predictor.outputs() == projector.outputs();
            if (!fits) {
                throw new IllegalArgumentException(
                        "contrastive: expected a predictor that makes what the projector makes, and none without momentum, got %s after %s with momentum %s"
                                .formatted(predictor, projector, momentum));
            }
        }

        /**
         * SimCLR (Chen et al. 2020): NT-Xent at temperature 0.5, as on CIFAR-10, and a head of two layers.
         *
         * @return the method with a small head
         */
        public static Method simclr() {
            return new Method(new ProjectionHead(2, 256, 64), ProjectionHead.none(), 0.5, 0, false);
        }

        /**
         * MoCo v3 (Chen et al. 2021): a momentum encoder (0.99 at the start), a predictor, temperature 0.2, a frozen patch
         * embedding; the loss is symmetrised over the views and scaled by twice the temperature.
         *
         * @return the method with small heads, 256 wide instead of 4096
         */
        public static Method mocoV3() {
            return new Method(new ProjectionHead(3, 256, 64), new ProjectionHead(2, 256, 64), 0.2, 0.99, true);
        }
    }

    /**
     * SimCLR.
     *
     * @param patch patch side P in pixels
     * @param network the encoder
     * @param training how it is trained
     * @return the options
     */
    public static Contrastive simclr(int patch, VisionTransformer network, Training training) {
        return new Contrastive(patch, network, Method.simclr(), training, null);
    }

    /**
     * MoCo v3.
     *
     * @param patch patch side P in pixels
     * @param network the encoder
     * @param training how it is trained
     * @return the options
     */
    public static Contrastive mocoV3(int patch, VisionTransformer network, Training training) {
        return new Contrastive(patch, network, Method.mocoV3(), training, null);
    }

    /**
     * Other heads or another loss.
     *
     * @param other heads and loss
     * @return a copy
     */
    public Contrastive withMethod(Method other) {
        return new Contrastive(patch, network, other, training, views);
    }

    /**
     * Other views.
     *
     * @param changes how images are changed
     * @return a copy
     */
    public Contrastive withViews(Views changes) {
        return new Contrastive(patch, network, method, training, changes);
    }

    /**
     * Other training options.
     *
     * @param options how it is trained
     * @return a copy
     */
    public Contrastive withTraining(Training options) {
        return new Contrastive(patch, network, method, options, views);
    }

    /**
     * Trains to the end and returns the encoder.
     *
     * @param images training images in [-1, 1]; labels are not looked at
     * @param rng key of the run
     * @param progress told after every step
     * @return the trained encoder; close it to free its memory
     * @throws IllegalArgumentException if the patch does not fit, images don't fill a batch, a batch has one image only, or images
     *     are to be held out
     * @throws IllegalStateException if the loss stops being finite
     * @throws java.util.concurrent.CancellationException if this thread is interrupted; nothing is kept
     */
    public PlainEncoder train(ImageSource images, Rng rng, Progress progress) {
        return train(images, rng, Session.of(progress));
    }

    /**
     * As {@link #train(ImageSource, Rng, Progress)}, saved and resumed, or together with other processes.
     *
     * @param images training images in [-1, 1]; labels are not looked at
     * @param rng key of the run
     * @param session who listens, where it is saved, who takes part
     * @return the trained encoder; close it to free its memory
     * @throws IllegalArgumentException if the patch does not fit, images don't fill a batch, a batch has one image only, images are
     *     to be held out, or the file that was saved is of another run
     * @throws IllegalStateException if the loss stops being finite
     * @throws java.util.concurrent.CancellationException if this thread is interrupted
     */
    public PlainEncoder train(ImageSource images, Rng rng, Session session) {
        requireBatches();
        TokenGrid grid = new TokenGrid(images.shape(), patch);
        Provenance provenance = Provenance.of(rng.seed(), images);
        Parameters parameters = EmbeddingPass.layout(this, grid).initialise(rng.stream("weights"));
        try (Momentum momentum = Momentum.of(this, grid, parameters, Backend.kernels())) {
            ContrastiveTask task = task(images, rng, parameters, momentum);
            TrainingLoop.train(task, task.options().training(), rng, session);
            return new PlainEncoder(new PlainEncoder.Sizes(network, grid), provenance, parameters);
        } catch (RuntimeException | Error e) {
            parameters.close();
            throw e;
        }
    }

    /** On images: with their views, and a budget of arithmetic as steps. */
    ContrastiveTask task(ImageSource images, Rng rng, Parameters parameters, Momentum momentum) {
        Contrastive options = views == null ? withViews(Views.of(images.shape())) : this;
        Training steps = TrainingFlops.inSteps(
                training, other -> new ContrastiveTask(options.withTraining(other), images, rng, parameters, momentum));
        return new ContrastiveTask(options.withTraining(steps), images, rng, parameters, momentum);
    }

    private void requireBatches() {
        if (training.batchSize() < 2) {
            throw new IllegalArgumentException("contrastive: expected a batch of several images to tell apart, got "
                    + training.batchSize() + "; 128 or more work well");
        }
        if (!training.heldOut().isNone()) {
            throw new IllegalArgumentException(
                    "contrastive: expected no held-out images, whose loss would depend on their number, got %s; leave out withHeldOut"
                            .formatted(training.heldOut()));
        }
    }
}
