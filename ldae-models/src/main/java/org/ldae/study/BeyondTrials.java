package org.ldae.study;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Stream;
import org.ldae.baselines.Contrastive;
import org.ldae.core.ImageShape;
import org.ldae.core.TokenGrid;
import org.ldae.deconstruction.Deconstruction;
import org.ldae.deconstruction.Ladder;
import org.ldae.deconstruction.Step;
import org.ldae.models.Recipe;
import org.ldae.study.TrainedRecipe.Reading;
import org.ldae.training.Training;
import org.ldae.transformer.VisionTransformer;
import org.ldae.unet.UNet;

/** Trials beyond the paper, at the work that the preset's training says: probed as averaged tokens and as cells. */
final class BeyondTrials {

    /** Cells along a side of the finest grid that is probed. */
    private static final int CELLS = 4;

    private final ImageShape shape;
    private final Recipe single;
    private final VisionTransformer network;

    private BeyondTrials(Recipe single, VisionTransformer network, ImageShape shape) {
        this.shape = shape;
        this.single = single;
        this.network = network;
    }

    static BeyondTrials of(Study study, ImageShape shape) {
        Recipe single = study.recipeAt(Deconstruction.SINGLE_LEVEL);
        TokenGrid grid = single.tokenizer().grid(shape);
        if (Math.min(grid.rows(), grid.columns()) < CELLS) {
            throw new IllegalArgumentException(
                    "ladder and neighbours: expected images of at least %d x %d tokens for their probes of cells, got %d x %d; use smaller patches or larger images"
                            .formatted(CELLS, CELLS, grid.rows(), grid.columns()));
        }
        VisionTransformer plain = study.preset().network().withConditioning(VisionTransformer.Conditioning.NONE);
        return new BeyondTrials(single, plain, shape);
    }

    /** From l-DAE to the masked autoencoder; each network also before its first step. */
    List<Trial> ladder() {
        Ladder ladder = new Ladder(shape.channels());
        Recipe plain = single.withDenoiser(network);
        List<Trial> trials = new ArrayList<>();
        trials.add(untrained(Group.LADDER, "untrained-today", "l-DAE's network, untrained", plain));
        trials.add(untrained(
                Group.LADDER,
                "untrained-narrow",
                "the network with a narrow decoder, untrained",
                ladder.recipeAt(plain, "narrow-decoder")));
        trials.add(untrained(
                Group.LADDER,
                "untrained-front",
                "the same behind overlapping whitened windows, untrained",
                ladder.recipeAt(plain, Ladder.FRONT)));
        for (Step step : Stream.concat(ladder.rungs().stream(), ladder.variants().stream())
                .toList()) {
            trials.add(trained(Group.LADDER, step.name(), step.change(), ladder.recipeAt(single, step.name())));
        }
        return trials;
    }

    /** What l-DAE's readers compare it with; the masked autoencoder is the ladder's last rung. */
    List<Trial> neighbours() {
        int patch = single.tokenizer().patch();
        Training training = single.training();
        // All blocks in the encoder, as the ladder has them from its second rung on.
        VisionTransformer encoder = network.withBlocks(network.encoderBlocks() + network.decoderBlocks(), 0);
        Recipe unet = single.withDenoiser(UNet.tiny().fitting(single.tokenizer().grid(shape)));
        return List.of(
                untrained(Group.NEIGHBOURS, "untrained-unet", "a UNet, untrained", unet),
                trained(Group.NEIGHBOURS, "unet", "single-level l-DAE with a UNet", unet),
                trial("simclr", "SimCLR", new ContrastiveEncoder(Contrastive.simclr(patch, encoder, training), true)),
                trial("moco-v3", "MoCo v3", new ContrastiveEncoder(Contrastive.mocoV3(patch, encoder, training), true)),
                trial("supervised", "trained with labels", new Labelled(patch, encoder, training, true)));
    }

    private static Trial trial(String name, String title, Subject subject) {
        return new Trial(Group.NEIGHBOURS, name, title, OptionalDouble.empty(), subject);
    }

    private static Trial trained(Group group, String name, String title, Recipe recipe) {
        Subject subject = new TrainedRecipe(recipe, 0, Set.of(Reading.CELLS));
        return new Trial(group, name, title, OptionalDouble.empty(), subject);
    }

    private static Trial untrained(Group group, String name, String title, Recipe recipe) {
        return new Trial(group, name, title, OptionalDouble.empty(), new UntrainedRecipe(recipe, true));
    }
}
