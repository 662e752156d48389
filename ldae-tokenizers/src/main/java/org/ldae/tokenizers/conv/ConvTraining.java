package org.ldae.tokenizers.conv;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ldae.compute.ConvolutionShape;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;
import org.ldae.nn.conv.ConvNet;
import org.ldae.training.HeldOut;
import org.ldae.training.ImageFeed;
import org.ldae.training.ImagePart;
import org.ldae.training.ImagePass;
import org.ldae.training.Learner;
import org.ldae.training.Phase;
import org.ldae.training.Share;
import org.ldae.training.Task;

/** A {@link ConvVAE}'s loss, and the game against a discriminator if it has one. */
final class ConvTraining implements Task, AutoCloseable {

    static final int PLAY = 0;
    static final int MAKE = 1;

    /** As in latent diffusion: keeps the adaptive weight finite, and below. */
    private static final double WEIGHT_EPSILON = 1e-4;

    private static final double MOST_WEIGHT = 1e4;

    private final ConvVAEOptions options;
    private final ConvArchitecture architecture;
    private final HeldOut.Split split;
    private final Rng rng;
    private final Parameters parameters;
    private final ConvImages.Judges judges;
    private final @Nullable Adversarial adversarial;
    private final @Nullable Parameters discriminator;
    /** Of each share in turn: gradients at the decoder's last weight of the error, then of the generator's loss. */
    private final float[] last;

    private final List<Phase> game;
    private double weight;

    /** The parameters and the feature net are closed by their owner. */
    ConvTraining(
            ConvVAEOptions options, HeldOut.Split split, Rng rng, Parameters parameters, ConvImages.Judges judges) {
        this.options = options;
        this.architecture = options.architecture(split.training().shape());
        this.split = split;
        this.rng = rng;
        this.parameters = parameters;
        this.judges = judges;
        this.adversarial = options.adversarial();
        ConvolutionShape shape = architecture.lastShape();
        int numbers = 2 * shape.outputs() * shape.patch();
        this.last = new float[adversarial == null ? 0 : options.training().batchSize() * numbers];
        this.game = List.of(Phase.gathering(last, this::weigh), Phase.updating(0), Phase.updating(1));
        if (adversarial == null) {
            this.discriminator = null;
        } else {
            Parameters.Layout layout = Parameters.layout();
            adversarial.discriminator(architecture.image()).declare(layout);
            this.discriminator = layout.initialise(rng.stream("discriminator"));
        }
    }

    @Override
    public String name() {
        return "ConvVAE";
    }

    @Override
    public String settings() {
        return options + " " + split.training().hash();
    }

    @Override
    public ImageSource images() {
        return split.training();
    }

    @Override
    public List<Learner> learners() {
        Learner autoencoder = Learner.of("autoencoder", parameters);
        return adversarial == null || discriminator == null
                ? List.of(autoencoder)
                : List.of(
                        autoencoder, Learner.of("discriminator", discriminator).withStart(adversarial.start()));
    }

    @Override
    public int imagesAtOnce() {
        return architecture.imagesAtOnce();
    }

    @Override
    public Part part(Share share, List<Workspace> work) {
        ConvImages images = new ConvImages(options, architecture, work.get(0), share.size(), judges);
        return ImagePart.of(share, new ImageFeed(images(), options.training(), rng, share), pass(images, share, work))
                .withHeldOut(split.heldOut());
    }

    private ImagePass pass(ConvImages images, Share share, List<Workspace> work) {
        if (adversarial == null) {
            return images;
        }
        ConvNet net = adversarial.discriminator(architecture.image());
        return new AdversarialImages(images, this, share, net, work.get(1));
    }

    @Override
    public List<Phase> phases(int step) {
        return plays(step) ? game : Task.super.phases(step);
    }

    /** With a discriminator the error rises for the sake of its score, so that no check is the best. */
    @Override
    public boolean keepsBest() {
        return adversarial == null;
    }

    /** Whether the discriminator takes part in a step. */
    boolean plays(int step) {
        return adversarial != null && step >= adversarial.start();
    }

    ConvArchitecture architecture() {
        return architecture;
    }

    /** Takes a share's gradient at the decoder's last weight: of the error, 0, or of the generator's loss, 1. */
    void tell(Share share, int which, float[] gradient) {
        System.arraycopy(gradient, 0, last, (2 * share.index() + which) * gradient.length, gradient.length);
    }

    /** Sets the generator's weight by the norm of the error's gradient at the decoder's last weight over that of its loss. */
    private void weigh() {
        double factor = Math.min(MOST_WEIGHT, norm(0) / (norm(1) + WEIGHT_EPSILON));
        weight = adversarial == null ? 0 : adversarial.weight() * factor;
    }

    /** Norm of the sum over the shares. */
    private double norm(int which) {
        int numbers =
                architecture.lastShape().outputs() * architecture.lastShape().patch();
        double squares = 0;
        for (int i = which * numbers; i < (which + 1) * numbers; i++) {
            double sum = 0;
            for (int at = i; at < last.length; at += 2 * numbers) {
                sum += last[at];
            }
            squares += sum * sum;
        }
        return Math.sqrt(squares);
    }

    /** What the generator's loss counts in this step. */
    double weight() {
        return weight;
    }

    /** Frees the discriminator. */
    @Override
    public void close() {
        if (discriminator != null) {
            discriminator.close();
        }
    }
}
