package org.ldae.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.ldae.baselines.Supervised;
import org.ldae.core.NdArrays;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.core.TokenGrid;
import org.ldae.data.Dataset;
import org.ldae.data.ImageSource;
import org.ldae.inference.Encoder;
import org.ldae.inference.Features;
import org.ldae.inference.Inference;
import org.ldae.inference.PixelEncoder;
import org.ldae.inference.Pooling;
import org.ldae.inference.Reading;
import org.ldae.inference.TokenMap;
import org.ldae.models.Expect;
import org.ldae.probe.LinearProbe;
import org.ldae.training.Training;
import org.ldae.transformer.VisionTransformer;

class EncoderEvaluationTest {

    private static final int SIDE = 8;
    private static final Dataset DATA = new Dataset(images(120, 1), images(80, 2));

    /** Two classes by the sign of the left half, in noise. */
    private static ImageSource images(int count, long seed) {
        float[] pixels = new float[count * SIDE * SIDE];
        Rng.of(seed).normals(pixels, 0, pixels.length);
        int[] labels = new int[count];
        for (int i = 0; i < pixels.length; i++) {
            int image = i / (SIDE * SIDE);
            labels[image] = image % 2;
            float sign = i % SIDE < SIDE / 2 ? 2 * labels[image] - 1 : 0;
            pixels[i] = (float) Math.tanh(0.1 * pixels[i] + 0.5 * sign);
        }
        return ImageSource.of(NdArrays.of(pixels, count, 1, SIDE, SIDE), labels, List.of("left", "right"));
    }

    /** Nothing after its first block, pixels after its second, nothing after its third, which is twice as wide. */
    private record SecondBlock(TokenGrid grid) implements Encoder {
        @Override
        public int blocks() {
            return 3;
        }

        @Override
        public Reading reading(Features features) {
            int[] blocks = features.blocksOf(3, 3);
            List<TokenMap> maps = Arrays.stream(blocks)
                    .mapToObj(block -> TokenMap.of(grid, block == 3 ? 2 * grid.patchSize() : grid.patchSize()))
                    .toList();
            Reading.Passes passes = (work, n) -> (patches, tokens, first) -> {
                for (int b = 0; b < blocks.length; b++) {
                    for (int i = 0; i < tokens[b].length; i++) {
                        tokens[b][i] = blocks[b] == 2 ? patches[i] : (i * 7 + first) % 5;
                    }
                }
            };
            return new Reading(Inference.withoutWeights(1), grid, maps, features, passes);
        }

        @Override
        public void close() {}
    }

    private static final Encoder ENCODER =
            new SecondBlock(new TokenGrid(DATA.train().shape(), 2));

    @Test
    void theBestBlockIsFoundOnTrainingImages() {
        EncoderResults results = EncoderEvaluation.of("second", ENCODER)
                .withPoolings(Pooling.AVERAGE, Pooling.pyramid(1, 2))
                .withSolver(LinearProbe.ridge().withL2(0.1))
                .with(EncoderEvaluation.Part.values())
                .run(DATA, Rng.of(1), Progress.none());
        Score best = results.score("second", "pyramid-1-2").orElseThrow();
        assertEquals(List.of(2), best.blocks());
        assertEquals(5 * 4, best.width());
        assertTrue(best.top1() > 0.95, best.toString());
        Score all = results.score("second", "pyramid-1-2.all-blocks").orElseThrow();
        assertEquals(List.of(1, 2, 3), all.blocks());
        assertEquals(5 * (4 + 4 + 8), all.width());
        assertTrue(results.score("second", "k-nn.averaged").orElseThrow().top1() > 0.9);
    }

    @Test
    void controlsStandUnderTheSameReadouts() {
        EncoderResults results = EncoderEvaluation.of("second", ENCODER)
                .withStandardControls(DATA.train(), 3, Rng.of(2))
                .withPoolings(Pooling.AVERAGE, Pooling.pyramid(1, 2), Pooling.TOKENS)
                .withSolver(LinearProbe.ridge().withL2(0.1))
                .ofLastBlock()
                .ofMirrored()
                .run(DATA, Rng.of(1), Progress.none());
        assertEquals(List.of("second", "raw pixels", "PCA", "patch dictionary"), results.subjects());
        assertEquals(List.of("averaged", "pyramid-1-2", "all-tokens"), results.readouts());
        for (String subject : results.subjects()) {
            for (String readout : results.readouts()) {
                assertEquals(
                        List.of(), results.score(subject, readout).orElseThrow().blocks());
            }
        }
    }

    /** Averages are taken from the pass that reads a pyramid. */
    @Test
    void readoutsOfOnePassAreThoseReadAlone() {
        EncoderEvaluation both = EncoderEvaluation.of("second", ENCODER)
                .withPoolings(Pooling.AVERAGE, Pooling.pyramid(1, 2), Pooling.pyramid(1, 3), Pooling.TOKENS)
                .withSolver(LinearProbe.ridge().withL2(0.1))
                .with(EncoderEvaluation.Part.NEIGHBOURS);
        EncoderResults together = both.run(DATA, Rng.of(1), Progress.none());
        for (Pooling pooling : both.poolings()) {
            EncoderResults alone = both.withPoolings(pooling).run(DATA, Rng.of(1), Progress.none());
            assertEquals(3, alone.readouts().size());
            for (String readout : alone.readouts()) {
                Score one = alone.score("second", readout).orElseThrow();
                Score other = together.score("second", readout).orElseThrow();
                assertEquals(one.blocks(), other.blocks(), readout);
                assertEquals(one.width(), other.width(), readout);
                assertEquals(one.flops(), other.flops(), readout);
                assertEquals(one.top1(), other.top1(), readout);
            }
        }
        assertEquals(12, together.scores().size());
    }

    @Test
    void twoSubjectsOfOneNameAreRefused() {
        EncoderEvaluation evaluation = EncoderEvaluation.of("second", ENCODER);
        Expect.refused(() -> evaluation.withControl("second", ENCODER), "different names", "second");
        Expect.refused(evaluation::withPoolings, "at least one pooling");
    }

    @Test
    void whatWouldFailInTheEndIsRefusedBefore() {
        List<Progress.Event> heard = new ArrayList<>();
        EncoderEvaluation evaluation = EncoderEvaluation.of("second", ENCODER).withPoolings(Pooling.TOKENS);
        ImageSource bare =
                ImageSource.of(DATA.test().images(IntStream.range(0, 80).toArray()), new int[0], List.of());
        Expect.refused(() -> evaluation.run(new Dataset(bare, bare), Rng.of(1), heard::add), "labelled", "80");
        VisionTransformer network = VisionTransformer.tiny().withWidth(8, 2).withBlocks(1, 1);
        Expect.refused(
                () -> evaluation
                        .withFineTuning(Supervised.of(2, network, Training.epochs(1)))
                        .run(DATA, Rng.of(1), heard::add),
                "encoder to start from",
                "random weights");
        Expect.refused(() -> narrow(40, Pooling.TOKENS).run(DATA, Rng.of(1), heard::add), "40 numbers", "all-tokens");
        assertEquals(List.of(), heard);
    }

    private static EncoderEvaluation narrow(int widest, Pooling... poolings) {
        EncoderEvaluation all = EncoderEvaluation.of("second", ENCODER)
                .withControl(
                        "pixels", new PixelEncoder(new TokenGrid(DATA.train().shape(), 8)))
                .withPoolings(poolings)
                .withSolver(LinearProbe.ridge().withL2(0.1));
        return new EncoderEvaluation(
                all.subjects(),
                all.poolings(),
                all.everyBlock(),
                all.mirrored(),
                Set.of(EncoderEvaluation.Part.values()),
                all.tuned(),
                all.solver(),
                widest);
    }

    /** Or a control that is narrower would stand where the encoder does. */
    @Test
    void aReadoutTooWideForTheEncoderIsLeftOutForItsControlsToo() {
        EncoderResults results = narrow(70, Pooling.TOKENS, Pooling.AVERAGE).run(DATA, Rng.of(1), Progress.none());
        assertEquals(List.of("second", "pixels"), results.subjects());
        assertEquals(
                List.of("averaged", "averaged.all-blocks"),
                results.readouts().stream()
                        .filter(readout -> !readout.startsWith("k-nn"))
                        .toList());
        assertEquals("second", results.fewLabels().get(0).subject());
        assertTrue(results.map().stream().allMatch(point -> point.readout().equals("averaged")));
    }

    /** Of sixteen images a class none are left when sixteen a class are drawn. */
    @Test
    void fewLabelsLeaveImagesToChooseThePenaltyOn() {
        EncoderResults results = EncoderEvaluation.of("second", ENCODER)
                .withPoolings(Pooling.AVERAGE)
                .with(EncoderEvaluation.Part.FEW_LABELS)
                .run(new Dataset(images(32, 1), images(20, 2)), Rng.of(1), Progress.none());
        assertEquals(
                List.of(1, 4, 1, 1),
                results.fewLabels().stream().map(each -> each.images() / 2).toList());
    }

    @Test
    void anInterruptEndsItAfterThePartInProgress() {
        List<Long> done = new ArrayList<>();
        EncoderEvaluation evaluation = EncoderEvaluation.of("second", ENCODER)
                .withPoolings(Pooling.AVERAGE, Pooling.TOKENS)
                .withSolver(LinearProbe.ridge().withL2(0.1));
        try {
            CancellationException thrown = assertThrows(
                    CancellationException.class,
                    () -> evaluation.run(DATA, Rng.of(1), event -> {
                        done.add(event.done());
                        Thread.currentThread().interrupt();
                    }));
            assertEquals(1, done.size());
            assertTrue(String.valueOf(thrown.getMessage()).contains("evaluation: interrupted"), thrown.getMessage());
        } finally {
            assertTrue(Thread.interrupted(), "the interrupt is kept");
        }
    }

    @Test
    void progressCountsWhatPartsAreExpectedToTake() {
        List<Long> done = new ArrayList<>();
        EncoderEvaluation.of("second", ENCODER)
                .withPoolings(Pooling.AVERAGE, Pooling.TOKENS)
                .withSolver(LinearProbe.ridge().withL2(0.1))
                .ofLastBlock()
                .with(EncoderEvaluation.Part.HEALTH, EncoderEvaluation.Part.FEW_LABELS)
                .run(DATA, Rng.of(1), event -> done.add(event.done()));
        assertEquals(done.stream().sorted().toList(), done);
        // Training images, test images and a probe of averaged tokens, then of all tokens; what else was planned, and
        // the end.
        assertTrue(done.get(2) < done.get(5) - done.get(2), done::toString);
        assertEquals(List.of(999L, 1000L), done.subList(done.size() - 2, done.size()));
    }
}
