package org.ldae.baselines;

import org.ldae.compute.Tensor;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.core.TokenGrid;
import org.ldae.data.ImageSource;
import org.ldae.inference.Inference;
import org.ldae.models.PlainEncoder;
import org.ldae.models.Provenance;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;
import org.ldae.training.Share;
import org.ldae.training.Training;
import org.ldae.training.TrainingLoop;
import org.ldae.transformer.EncoderPass.Sight;
import org.ldae.transformer.MaskedTransformer;
import org.ldae.transformer.VisionTransformer;

/**
 * A masked autoencoder (He et al. 2022): the encoder sees a random part of an image's patches, a lighter decoder predicts the
 * pixels of the others. MAE trains with betas 0.9 and 0.95 and weight decay 0.05: {@code
 * training.optimizer(AdamW.Options.defaults().withBeta2(0.95).withWeightDecay(0.05))}.
 *
 * @param patch patch side P in pixels
 * @param network encoder, and depth of the decoder
 * @param training how it is trained
 * @param maskRatio part of the patches that the encoder does not see, in (0, 1); of L patches it sees {@code floor(L (1 -
 *     ratio))}
 * @param normalisedTargets whether each patch is predicted with its own mean taken off and divided by its own deviation
 */
public record MaskedAutoencoder(
        int patch, MaskedTransformer network, Training training, double maskRatio, boolean normalisedTargets) {

    private static final String STAGE = "masked autoencoder";

    /**
     * Checks the mask.
     *
     * @param patch patch side P in pixels
     * @param network encoder, and depth of the decoder
     * @param training how it is trained
     * @param maskRatio part of the patches that the encoder does not see, in (0, 1)
     * @param normalisedTargets whether each patch is predicted with its own mean and deviation taken away
     */
    public MaskedAutoencoder {
        if (!(maskRatio > 0 && maskRatio < 1)) {
            throw new IllegalArgumentException(
                    "mask ratio: expected a part of the patches in (0, 1), got %s; MAE masks 0.75"
                            .formatted(maskRatio));
        }
    }

    /**
     * MAE's choices: 75% of the patches masked, normalised targets, a decoder of half the width.
     *
     * @param patch patch side P in pixels
     * @param network encoder, and number of blocks of the decoder
     * @param training how it is trained
     * @return the options
     */
    public static MaskedAutoencoder of(int patch, VisionTransformer network, Training training) {
        return new MaskedAutoencoder(patch, MaskedTransformer.of(network), training, 0.75, true);
    }

    /**
     * Another mask ratio.
     *
     * @param ratio part of the patches that the encoder does not see, in (0, 1)
     * @return a copy
     */
    public MaskedAutoencoder withMaskRatio(double ratio) {
        return new MaskedAutoencoder(patch, network, training, ratio, normalisedTargets);
    }

    /**
     * Pixels as targets, or patches normalised by themselves.
     *
     * @param normalised whether targets are normalised
     * @return a copy
     */
    public MaskedAutoencoder withNormalisedTargets(boolean normalised) {
        return new MaskedAutoencoder(patch, network, training, maskRatio, normalised);
    }

    /**
     * Another decoder.
     *
     * @param width a multiple of 4 and of the encoder's heads
     * @return a copy
     */
    public MaskedAutoencoder withDecoderWidth(int width) {
        return new MaskedAutoencoder(
                patch, new MaskedTransformer(network.net(), width), training, maskRatio, normalisedTargets);
    }

    /**
     * Trains encoder and decoder to the end and returns the encoder, which sees all patches.
     *
     * @param images training images; labels are not looked at
     * @param rng key of the run
     * @param progress told after every step
     * @return the trained encoder; close it to free its memory
     * @throws IllegalArgumentException if the patch does not fit, too many patches are masked, or images don't fill a batch
     * @throws IllegalStateException if the loss stops being finite
     * @throws java.util.concurrent.CancellationException if this thread is interrupted; nothing is kept
     */
    public PlainEncoder train(ImageSource images, Rng rng, Progress progress) {
        TokenGrid grid = new TokenGrid(images.shape(), patch);
        visible(grid);
        try (Parameters parameters = network.parameters(grid, rng.stream("weights"));
                TrainingLoop loop = new TrainingLoop(new Masking(this, images), parameters, rng)) {
            Tensor trained = loop.finish(STAGE, progress);
            PlainEncoder.Sizes sizes = new PlainEncoder.Sizes(network.net(), grid);
            Parameters encoder = sizes.parameters(rng);
            for (String name : encoder.names()) {
                encoder.view(encoder.values(), name)
                        .put(parameters.view(trained, name).toArray());
            }
            return new PlainEncoder(sizes, Provenance.of(rng.seed(), images), encoder);
        }
    }

    /** Patches of an image that the encoder sees. */
    int visible(TokenGrid grid) {
        int visible = (int) (grid.tokens() * (1 - maskRatio));
        if (visible < 1 || visible == grid.tokens()) {
            throw new IllegalArgumentException(
                    "mask ratio: expected at least 1 patch of L = %d seen and 1 masked, got %d seen with ratio %s"
                            .formatted(grid.tokens(), visible, maskRatio));
        }
        return visible;
    }

    /** The options on training images. */
    private record Masking(MaskedAutoencoder options, ImageSource source) implements TrainingLoop.Learner {

        private TokenGrid grid() {
            return new TokenGrid(source.shape(), options.patch);
        }

        @Override
        public Training training() {
            return options.training;
        }

        @Override
        public int images() {
            return source.size();
        }

        @Override
        public int imagesAtOnce() {
            return Inference.imagesAtOnce(grid());
        }

        @Override
        public TrainingLoop.Part part(Workspace work, Share share) {
            Sight sight = new Sight(grid(), share.size(), options.visible(grid()));
            BatchReader reader = new BatchReader(source, options.training.augmentation(), grid());
            return new MaskedShare(new MaskedLoss(options, work, sight), reader, share);
        }
    }
}
