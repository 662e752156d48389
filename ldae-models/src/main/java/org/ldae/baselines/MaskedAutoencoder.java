package org.ldae.baselines;

import java.util.List;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.core.TokenGrid;
import org.ldae.data.ImageSource;
import org.ldae.inference.Inference;
import org.ldae.models.PlainEncoder;
import org.ldae.models.Provenance;
import org.ldae.nn.Denoiser;
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
import org.ldae.training.TrainingLoop;
import org.ldae.transformer.MaskedTransformer;
import org.ldae.transformer.PlainFolding;
import org.ldae.transformer.VisionTransformer;

/**
 * A masked autoencoder (He et al. 2022): the encoder sees a random part of an image's patches, a lighter decoder predicts the
 * pixels of the others. MAE trains with betas 0.9 and 0.95 and weight decay 0.05: {@code
 * training.withOptimizer(AdamW.Options.defaults().withBeta2(0.95).withWeightDecay(0.05))}.
 *
 * @param patch patch side P in pixels
 * @param network one that takes subsets of tokens, such as {@link MaskedTransformer}
 * @param training how it is trained
 * @param maskRatio part of the patches that the encoder does not see, in (0, 1); of L patches it sees {@code floor(L (1 -
 *     ratio))}
 * @param normalisedTargets whether each patch is predicted with its own mean taken off and divided by its own deviation
 */
public record MaskedAutoencoder(
        int patch, Denoiser network, Training training, double maskRatio, boolean normalisedTargets) {

    /**
     * Checks the mask.
     *
     * @param patch patch side P in pixels
     * @param network one that takes subsets of tokens, such as {@link MaskedTransformer}
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
        if (!network.takesSubsets()) {
            throw new IllegalArgumentException(
                    "masked autoencoder: expected a network that takes a subset of the tokens, got %s; use MaskedTransformer"
                            .formatted(network));
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
     * Another network.
     *
     * @param subsets one that takes subsets of tokens, such as a {@link MaskedTransformer} with a decoder of another width
     * @return a copy
     */
    public MaskedAutoencoder withNetwork(Denoiser subsets) {
        return new MaskedAutoencoder(patch, subsets, training, maskRatio, normalisedTargets);
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
        return train(images, rng, Session.of(progress));
    }

    /**
     * As {@link #train(ImageSource, Rng, Progress)}, saved and resumed, or together with other processes.
     *
     * @param images training images; labels are not looked at
     * @param rng key of the run
     * @param session who listens, where it is saved, who takes part
     * @return the trained encoder; close it to free its memory
     * @throws IllegalArgumentException if the patch does not fit, too many patches are masked, images don't fill a batch, or the
     *     file that was saved is of another run
     * @throws IllegalStateException if the loss stops being finite
     * @throws java.util.concurrent.CancellationException if this thread is interrupted
     */
    public PlainEncoder train(ImageSource images, Rng rng, Session session) {
        TokenGrid grid = new TokenGrid(images.shape(), patch);
        Denoiser.Signature signature = signature(grid);
        PlainFolding folding = network.as(PlainFolding.class)
                .orElseThrow(() -> new IllegalArgumentException(
                        "masked autoencoder: expected a network whose encoder is a vision transformer, got %s; use MaskedTransformer"
                                .formatted(network)));
        HeldOut.Split split = training.heldOut().split(images, training.batchSize(), rng);
        Provenance provenance = Provenance.of(rng.seed(), images);
        try (Parameters parameters = network.layout(signature).initialise(rng.stream("weights"))) {
            TrainingLoop.train(new Masking(this, parameters, split, provenance, rng), training, rng, session);
            PlainEncoder.Sizes sizes = new PlainEncoder.Sizes(folding.plain(), grid);
            return new PlainEncoder(sizes, provenance, folding.plainEncoder(parameters, signature, 0));
        }
    }

    /** What goes in and out: some patches in, all of them out. */
    Denoiser.Signature signature(TokenGrid grid) {
        return Denoiser.Signature.of(grid, grid.patchSize(), grid.patchSize()).withVisible(visible(grid));
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
    private record Masking(
            MaskedAutoencoder options, Parameters parameters, HeldOut.Split split, Provenance provenance, Rng rng)
            implements Task {

        private TokenGrid grid() {
            return new TokenGrid(images().shape(), options.patch);
        }

        @Override
        public String name() {
            return "masked autoencoder";
        }

        @Override
        public String settings() {
            return options + " " + provenance.dataHash();
        }

        @Override
        public ImageSource images() {
            return split.training();
        }

        @Override
        public List<Learner> learners() {
            return List.of(Learner.of("network", parameters));
        }

        @Override
        public int imagesAtOnce() {
            return Inference.imagesAtOnce(grid());
        }

        @Override
        public Part part(Share share, List<Workspace> work) {
            ImagePass pass = new MaskedImages(new MaskedLoss(options, work.get(0), grid(), share.size()));
            return ImagePart.of(share, new ImageFeed(images(), options.training, rng, share), pass)
                    .withHeldOut(split.heldOut());
        }
    }
}
