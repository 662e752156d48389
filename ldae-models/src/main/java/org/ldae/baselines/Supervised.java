package org.ldae.baselines;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ldae.core.ImageShape;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.core.TokenGrid;
import org.ldae.data.ImageSource;
import org.ldae.inference.Inference;
import org.ldae.models.PlainEncoder;
import org.ldae.models.Provenance;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;
import org.ldae.training.HeldOut;
import org.ldae.training.ImageFeed;
import org.ldae.training.ImagePart;
import org.ldae.training.ImagePass;
import org.ldae.training.Learner;
import org.ldae.training.Session;
import org.ldae.training.Share;
import org.ldae.training.Task;
import org.ldae.training.Training;
import org.ldae.training.TrainingFlops;
import org.ldae.training.TrainingLoop;
import org.ldae.transformer.ClassifyingTransformer;
import org.ldae.transformer.VisionTransformer;

/**
 * Training with labels: of an encoder from scratch, the upper line of a study, or end to end from a trained encoder (paper,
 * appendix: batch 1024, rate 4e-3, weight decay 0.05, layer decay 0.85 for ViT-B and 0.65 for ViT-L, MixUp 0.8, CutMix 1, 100
 * epochs).
 *
 * @param patch patch side P in pixels
 * @param network the encoder; decoder and conditioning are not looked at
 * @param start weights that the encoder starts with, not closed; null for random ones
 * @param training how it is trained
 * @param labelSmoothing part of each target that is spread over all classes, in [0, 1)
 * @param alphas how much images are mixed
 * @param layerDecay what the rate is multiplied by from each layer to the one below, in (0, 1]
 */
public record Supervised(
        int patch,
        VisionTransformer network,
        @Nullable PlainEncoder start,
        Training training,
        double labelSmoothing,
        Alphas alphas,
        double layerDecay) {

    /**
     * Of the Beta distributions of the share that an image keeps when it is mixed with another.
     *
     * @param mixUp of blended images (Zhang et al. 2018), at least 0; 0 for none
     * @param cutMix of boxes pasted in (Yun et al. 2019), at least 0; 0 for none
     */
    public record Alphas(double mixUp, double cutMix) {

        /** Images as they are. */
        private static final Alphas NONE = new Alphas(0, 0);

        /**
         * Checks the ranges.
         *
         * @param mixUp of blended images, at least 0; 0 for none
         * @param cutMix of boxes pasted in, at least 0; 0 for none
         */
        public Alphas {
            double most = Double.MAX_VALUE;
            if (!(mixUp >= 0 && mixUp <= most && cutMix >= 0 && cutMix <= most)) {
                throw new IllegalArgumentException(
                        "supervised: expected finite alphas >= 0 of MixUp and CutMix, got %s, %s"
                                .formatted(mixUp, cutMix));
            }
        }
    }

    /**
     * Checks the ranges.
     *
     * @param patch patch side P in pixels
     * @param network the encoder; decoder and conditioning are not looked at
     * @param start weights that the encoder starts with, not closed; null for random ones
     * @param training how it is trained
     * @param labelSmoothing part of each target that is spread over all classes, in [0, 1)
     * @param alphas how much images are mixed
     * @param layerDecay what the rate is multiplied by from each layer to the one below, in (0, 1]
     */
    public Supervised {
        if (!(labelSmoothing >= 0 && labelSmoothing < 1) || !(layerDecay > 0 && layerDecay <= 1)) {
            throw new IllegalArgumentException(
                    "supervised: expected label smoothing in [0, 1) and layer decay in (0, 1], got %s, %s"
                            .formatted(labelSmoothing, layerDecay));
        }
    }

    /**
     * Training from scratch, without smoothing or mixing.
     *
     * @param patch patch side P in pixels
     * @param network the encoder
     * @param training how it is trained
     * @return the options
     */
    public static Supervised of(int patch, VisionTransformer network, Training training) {
        return new Supervised(patch, network, null, training, 0, Alphas.NONE, 1);
    }

    /**
     * Fine-tuning end to end, without smoothing, mixing or layer decay.
     *
     * @param encoder where it starts, such as {@code model.plainEncoder(0.01)}; it stays as it is
     * @param training how it is trained
     * @return the options
     */
    public static Supervised from(PlainEncoder encoder, Training training) {
        return new Supervised(encoder.grid().patch(), encoder.sizes().network(), encoder, training, 0, Alphas.NONE, 1);
    }

    /**
     * Smoothed targets.
     *
     * @param part spread over all classes, in [0, 1)
     * @return a copy
     */
    public Supervised withLabelSmoothing(double part) {
        return new Supervised(patch, network, start, training, part, alphas, layerDecay);
    }

    /**
     * Blended images; if CutMix is on too, each comes in half the steps.
     *
     * @param alpha of the share's Beta distribution, 0 for none
     * @return a copy
     */
    public Supervised withMixUp(double alpha) {
        return new Supervised(
                patch, network, start, training, labelSmoothing, new Alphas(alpha, alphas.cutMix), layerDecay);
    }

    /**
     * Boxes of other images pasted in; if MixUp is on too, each comes in half the steps.
     *
     * @param alpha of the share's Beta distribution, 0 for none
     * @return a copy
     */
    public Supervised withCutMix(double alpha) {
        return new Supervised(
                patch, network, start, training, labelSmoothing, new Alphas(alphas.mixUp, alpha), layerDecay);
    }

    /**
     * Lower rates for lower layers.
     *
     * @param factor from each layer to the one below, in (0, 1]
     * @return a copy
     */
    public Supervised withLayerDecay(double factor) {
        return new Supervised(patch, network, start, training, labelSmoothing, alphas, factor);
    }

    /**
     * Other training options.
     *
     * @param options how it is trained
     * @return a copy
     */
    public Supervised withTraining(Training options) {
        return new Supervised(patch, network, start, options, labelSmoothing, alphas, layerDecay);
    }

    /**
     * The same from random weights, to compare with.
     *
     * @return a copy without the encoder to start from, and with one rate for all layers
     */
    public Supervised fromScratch() {
        return new Supervised(patch, network, null, training, labelSmoothing, alphas, 1);
    }

    /**
     * Trains to the end.
     *
     * @param images labelled training images
     * @param rng key of the run
     * @param progress told after every step
     * @return the trained classifier; close it to free its memory
     * @throws IllegalArgumentException if images carry no labels, patch or start don't fit, or images don't fill a batch
     * @throws IllegalStateException if the loss stops being finite
     * @throws java.util.concurrent.CancellationException if this thread is interrupted; nothing is kept
     */
    public ViTClassifier train(ImageSource images, Rng rng, Progress progress) {
        return train(images, rng, Session.of(progress));
    }

    /**
     * As {@link #train(ImageSource, Rng, Progress)}, saved and resumed, or together with other processes.
     *
     * @param images labelled training images
     * @param rng key of the run
     * @param session who listens, where it is saved, who takes part
     * @return the trained classifier; close it to free its memory
     * @throws IllegalArgumentException if images carry no labels, patch or start don't fit, images don't fill a batch, or the file
     *     that was saved is of another run
     * @throws IllegalStateException if the loss stops being finite
     * @throws java.util.concurrent.CancellationException if this thread is interrupted
     */
    public ViTClassifier train(ImageSource images, Rng rng, Session session) {
        if (images.classNames().isEmpty()) {
            throw new IllegalArgumentException("labels: expected labelled images, got " + images.size()
                    + " without labels; a masked or denoising autoencoder learns without");
        }
        TokenGrid grid = new TokenGrid(images.shape(), patch);
        if (start != null) {
            requireFrom(images.shape());
        }
        ClassifyingTransformer classifier =
                new ClassifyingTransformer(network, images.classNames().size());
        HeldOut.Split split = training.heldOut().split(images, training.batchSize(), rng);
        Provenance provenance = Provenance.of(rng.seed(), images);
        Parameters parameters = classifier.parameters(grid, rng.stream("weights"));
        try {
            if (start != null) {
                start.copyInto(parameters);
            }
            Labelled task = new Labelled(this, classifier, parameters, split, provenance, rng);
            Training steps = TrainingFlops.inSteps(training, task::in);
            TrainingLoop.train(task.in(steps), steps, rng, session);
            return new ViTClassifier(classifier, new PlainEncoder.Sizes(network, grid), provenance, parameters);
        } catch (RuntimeException | Error e) {
            parameters.close();
            throw e;
        }
    }

    /**
     * Refuses options that go on from no encoder, or from one of other images.
     *
     * @param images shape of those to be trained on
     * @throws IllegalArgumentException if there is no encoder to start from, or it doesn't fit
     */
    public void requireFrom(ImageShape images) {
        if (start == null) {
            throw new IllegalArgumentException("fine-tuning: expected an encoder to start from, got random weights; use"
                    + " Supervised.from(encoder, training)");
        }
        if (!start.grid().equals(new TokenGrid(images, patch))) {
            throw new IllegalArgumentException("images: expected [C, H, W] = %s as the encoder to start from, got %s"
                    .formatted(start.grid().image(), images));
        }
    }

    /** What decides the numbers, in words. */
    private String settings() {
        return "patch %s, %s, from %s, smoothing %s, mixUp %s, cutMix %s, layer decay %s"
                .formatted(
                        patch,
                        network,
                        start == null
                                ? "random weights"
                                : "%s, weights %08x".formatted(start.provenance(), start.checksum()),
                        labelSmoothing,
                        alphas.mixUp,
                        alphas.cutMix,
                        layerDecay);
    }

    /** The options on training images. */
    private record Labelled(
            Supervised options,
            ClassifyingTransformer classifier,
            Parameters parameters,
            HeldOut.Split split,
            Provenance provenance,
            Rng rng)
            implements Task {

        private TokenGrid grid() {
            return new TokenGrid(images().shape(), options.patch);
        }

        private Labelled in(Training training) {
            return new Labelled(options.withTraining(training), classifier, parameters, split, provenance, rng);
        }

        @Override
        public String name() {
            return options.start == null ? "supervised" : "fine-tuning";
        }

        @Override
        public String settings() {
            return options.settings() + ", images " + provenance.dataHash();
        }

        @Override
        public ImageSource images() {
            return split.training();
        }

        @Override
        public List<Learner> learners() {
            return List.of(Learner.of("network", parameters)
                    .withRates(name -> Math.pow(options.layerDecay, classifier.layersAbove(name))));
        }

        @Override
        public int imagesAtOnce() {
            return Inference.imagesAtOnce(grid());
        }

        @Override
        public Part part(Share share, List<Workspace> work) {
            ImagePass pass = new LabelledImages(
                    options,
                    classifier.pass(work.get(0), grid(), share.size()),
                    grid(),
                    new LabelledImages.Sizes(share.size(), classifier.classes()),
                    partners(share));
            return ImagePart.of(share, new ImageFeed(images(), options.training, rng, share), pass)
                    .withHeldOut(split.heldOut());
        }

        private @Nullable ImageFeed partners(Share share) {
            int batch = options.training.batchSize();
            return options.alphas.equals(Alphas.NONE)
                    ? null
                    : new ImageFeed(images(), options.training, rng, share, i -> LabelledImages.partner(i, batch));
        }
    }
}
