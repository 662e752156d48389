package org.ldae.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.ldae.baselines.PatchDictionary;
import org.ldae.baselines.Supervised;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.core.TokenGrid;
import org.ldae.data.Dataset;
import org.ldae.data.ImageSource;
import org.ldae.inference.Encoder;
import org.ldae.inference.PixelEncoder;
import org.ldae.inference.Pooling;
import org.ldae.probe.LinearProbe;
import org.ldae.probe.ProbeSolver;
import org.ldae.tokenizers.LatentEncoder;
import org.ldae.tokenizers.linear.PatchPCA;

/**
 * Measures an encoder beside controls, all under the same readouts and probes. Blocks and penalties are chosen on held-out
 * training images; test images are looked at once.
 *
 * <pre>{@code
 * EncoderResults results = EncoderEvaluation.of("l-DAE", model)
 *         .withControl("untrained", untrained)
 *         .run(data, Rng.of(1), Progress.console());
 * }</pre>
 *
 * @param subjects the encoder, then its controls, by name in order
 * @param poolings what becomes of tokens, a readout each
 * @param everyBlock whether the best block is looked for and all are read side by side; else the encoder's last is read
 * @param mirrored whether features are averaged over an image and its mirror image
 * @param parts what is measured beside probes
 * @param tuned how the encoder is trained on with labels, beside the same from scratch; empty for not at all
 * @param solver fits the probes
 * @param widest numbers of an image and a block; wider readouts are left out
 */
public record EncoderEvaluation(
        List<Subject> subjects,
        List<Pooling> poolings,
        boolean everyBlock,
        boolean mirrored,
        Set<Part> parts,
        Optional<Supervised> tuned,
        ProbeSolver solver,
        int widest) {

    /** What can be measured beside probes. */
    public enum Part {
        /** Nearest neighbours classify, DINO's 20. */
        NEIGHBOURS,
        /** What needs no labels: rank, spectrum, agreement under augmentation, collapse. */
        HEALTH,
        /** Probes of 1, 4 and 16 labels a class, 1% and 10%, twenty draws each. */
        FEW_LABELS,
        /** The encoder's blocks at several noise levels. */
        MAP
    }

    /** Pyramids of 1 + 4 + 16 cells, where the encoder has as many tokens. */
    private static final List<Integer> SIDES = List.of(1, 2, 4);

    private static final int WIDEST = 1 << 14;

    /** Principal components of a patch, at most: the paper's choice. */
    private static final int COMPONENTS = 32;

    /** Side of the patches whose components are a control of an encoder that reads pixels. */
    private static final int PATCH = 4;

    /** Name of the control that the literature knows to be strong. */
    static final String DICTIONARY = "patch dictionary";

    /**
     * Checks that names differ.
     *
     * @param subjects the encoder, then its controls
     * @param poolings a readout each, at least one
     * @param everyBlock whether all blocks are read
     * @param mirrored whether features are averaged over an image and its mirror image
     * @param parts what is measured beside probes
     * @param tuned how the encoder is trained on with labels
     * @param solver fits the probes
     * @param widest numbers of an image and a block, at least 1
     */
    public EncoderEvaluation {
        subjects = List.copyOf(subjects);
        poolings = List.copyOf(poolings);
        parts = Set.copyOf(parts);
        List<String> names = subjects.stream().map(Subject::name).toList();
        if (names.isEmpty() || names.stream().distinct().count() < names.size()) {
            throw new IllegalArgumentException("subjects: expected at least one, with different names, got " + names);
        }
        if (poolings.isEmpty() || widest < 1) {
            throw new IllegalArgumentException(
                    "readouts: expected at least one pooling and a width of at least 1, got %s and %d"
                            .formatted(poolings, widest));
        }
    }

    /**
     * Averaged tokens, a pyramid and all tokens by logistic regression, each of the best block and of all blocks.
     *
     * @param name of the encoder in tables
     * @param encoder what is measured; the caller closes it
     * @return the evaluation, without controls
     */
    public static EncoderEvaluation of(String name, Encoder encoder) {
        TokenGrid grid = encoder.grid();
        int[] sides = SIDES.stream()
                .mapToInt(Integer::intValue)
                .filter(side -> side <= Math.min(grid.rows(), grid.columns()))
                .toArray();
        List<Pooling> poolings = Stream.of(Pooling.AVERAGE, Pooling.pyramid(sides), Pooling.TOKENS)
                .distinct()
                .toList();
        return new EncoderEvaluation(
                List.of(new Subject(name, encoder)),
                poolings,
                true,
                false,
                Set.of(),
                Optional.empty(),
                LinearProbe.logistic(),
                WIDEST);
    }

    /**
     * Adds a control.
     *
     * @param name in tables
     * @param encoder measured in the same way; the caller closes it
     * @return a copy
     */
    public EncoderEvaluation withControl(String name, Encoder encoder) {
        List<Subject> more = new ArrayList<>(subjects);
        more.add(new Subject(name, encoder));
        return new EncoderEvaluation(more, poolings, everyBlock, mirrored, parts, tuned, solver, widest);
    }

    /**
     * Adds the controls that need no network: raw pixels, principal components of the encoder's patches, and a patch dictionary.
     *
     * @param images they are fitted on
     * @param filters of the dictionary, each of which gives two numbers a cell
     * @param rng key of the dictionary's patches
     * @return a copy
     */
    public EncoderEvaluation withStandardControls(ImageSource images, int filters, Rng rng) {
        TokenGrid grid = subjects.get(0).encoder().grid();
        int patch = grid.patch() > 1 ? grid.patch() : PATCH;
        int components = Math.min(COMPONENTS, new TokenGrid(images.shape(), patch).patchSize());
        return withControl("raw pixels", new PixelEncoder(new TokenGrid(images.shape(), 1)))
                .withControl(
                        "PCA",
                        new LatentEncoder(
                                PatchPCA.patch(patch).components(components).fit(images, rng, Progress.none())))
                .withControl(DICTIONARY, PatchDictionary.filters(filters).fit(images, rng.stream("dictionary")));
    }

    /**
     * Sets what becomes of tokens.
     *
     * @param some a readout each
     * @return a copy
     */
    public EncoderEvaluation withPoolings(Pooling... some) {
        return new EncoderEvaluation(subjects, List.of(some), everyBlock, mirrored, parts, tuned, solver, widest);
    }

    /**
     * Reads the encoder's last block alone, for a fraction of the time.
     *
     * @return a copy
     */
    public EncoderEvaluation ofLastBlock() {
        return new EncoderEvaluation(subjects, poolings, false, mirrored, parts, tuned, solver, widest);
    }

    /**
     * Averages features over an image and its mirror image.
     *
     * @return a copy
     */
    public EncoderEvaluation ofMirrored() {
        return new EncoderEvaluation(subjects, poolings, everyBlock, true, parts, tuned, solver, widest);
    }

    /**
     * Measures more than probes.
     *
     * @param more in any order
     * @return a copy
     */
    public EncoderEvaluation with(Part... more) {
        return new EncoderEvaluation(subjects, poolings, everyBlock, mirrored, Set.of(more), tuned, solver, widest);
    }

    /**
     * Trains the encoder on with 10% and all of the labels, beside the same network from scratch with the same arithmetic.
     *
     * @param how such as {@code Supervised.from(encoder, Training.flops(1e13))}
     * @return a copy
     */
    public EncoderEvaluation withFineTuning(Supervised how) {
        return new EncoderEvaluation(subjects, poolings, everyBlock, mirrored, parts, Optional.of(how), solver, widest);
    }

    /**
     * Sets what fits the probes.
     *
     * @param other of every subject and readout
     * @return a copy
     */
    public EncoderEvaluation withSolver(ProbeSolver other) {
        return new EncoderEvaluation(subjects, poolings, everyBlock, mirrored, parts, tuned, other, widest);
    }

    /**
     * Measures.
     *
     * @param data labelled images of the encoders' shape
     * @param rng key of the held-out parts
     * @param progress told of each subject and readout
     * @return what was found
     * @throws IllegalArgumentException if images don't fit or have no labels
     * @throws java.util.concurrent.CancellationException if this thread is interrupted; looked for after each part
     */
    public EncoderResults run(Dataset data, Rng rng, Progress progress) {
        return new EvaluationRun(this, data, rng, progress).run();
    }

    /** Refuses what would fail after all else is measured. */
    void requireFitting(Dataset data) {
        if (data.train().classNames().isEmpty()) {
            throw new IllegalArgumentException("evaluation: expected labelled images, got %s without labels"
                    .formatted(data.train().size()));
        }
        tuned.ifPresent(how -> how.requireFrom(data.train().shape()));
    }
}
