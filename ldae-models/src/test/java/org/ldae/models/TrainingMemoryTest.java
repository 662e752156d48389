package org.ldae.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ldae.compute.Backend;
import org.ldae.compute.Tensor;
import org.ldae.core.ImageShape;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;
import org.ldae.nn.Workspace;
import org.ldae.noise.NoiseSchedule;
import org.ldae.objective.Objective;
import org.ldae.objective.Space;
import org.ldae.tokenizers.linear.PatchAE;
import org.ldae.tokenizers.linear.PatchPCA;
import org.ldae.training.Training;
import org.ldae.transformer.VisionTransformer;
import org.nd4j.linalg.factory.Nd4j;

/** The formula of the memory against what is allocated. */
class TrainingMemoryTest {

    private static final int CLASSES = 3;
    private static final Recipe BASE = Synthetic.recipe();

    /** A recipe on images of 8 rows of pixels and some columns. */
    record Case(Recipe recipe, int columns, int threads) {
        ImageShape shape() {
            return new ImageShape(1, 8, columns);
        }

        ImageSource images() {
            int count = recipe.training().batchSize();
            float[] pixels = new float[count * shape().size()];
            Rng.of(1).normals(pixels, 0, pixels.length);
            int[] labels = IntStream.range(0, count).map(i -> i % CLASSES).toArray();
            return ImageSource.of(
                    Nd4j.create(pixels, new long[] {count, 1, 8, columns}, 'c'), labels, List.of("a", "b", "c"));
        }
    }

    static Stream<Case> cases() {
        VisionTransformer net = Synthetic.network();
        Recipe latent = BASE.withOutput(Space.LATENT, Objective.latent()).withInput(Space.LATENT);
        return Stream.of(
                new Case(BASE, 12, 1),
                new Case(BASE, 12, 2),
                // more tokens, more than fit one pass
                new Case(BASE.withTokenizer(PatchPCA.patch(2).components(3)), 64, 2),
                new Case(batch(19, BASE.withTokenizer(PatchPCA.patch(2).components(3))), 64, 1),
                new Case(batch(1, BASE), 12, 3),
                new Case(batch(40, BASE), 12, 3),
                // width and depth
                new Case(BASE.withDenoiser(net.withWidth(48, 2)), 12, 2),
                new Case(BASE.withDenoiser(net.withBlocks(5, 0)), 12, 2),
                new Case(BASE.withDenoiser(net.withConditionWidth(20)), 12, 2),
                // plain blocks, labels, other objectives and tokenizers, an average
                new Case(BASE.withDenoiser(net.withConditioning(VisionTransformer.Conditioning.NONE)), 12, 2),
                new Case(BASE.withSchedule(NoiseSchedule.single(0.5)), 12, 2),
                new Case(BASE.withLabels(ClassLabels.withDropout(0.1)), 12, 2),
                new Case(BASE.withSchedule(NoiseSchedule.single(0.5)).withLabels(ClassLabels.withDropout(0.1)), 12, 2),
                new Case(latent.withTokenizer(PatchAE.patch(4).dimension(7)), 12, 2),
                new Case(BASE.withTraining(BASE.training().withAverageDecay(0.9)), 12, 2),
                new Case(checkpointed(BASE.withDenoiser(net.withBlocks(3, 2))), 12, 2),
                new Case(checkpointed(batch(40, BASE.withSchedule(NoiseSchedule.single(0.5)))), 12, 1));
    }

    private static Recipe batch(int images, Recipe recipe) {
        return recipe.withTraining(recipe.training().withBatchSize(images));
    }

    private static Recipe checkpointed(Recipe recipe) {
        return recipe.withTraining(recipe.training().withCheckpointActivations(true));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void whatIsPlannedIsWhatTrainingAllocates(Case example) {
        Recipe recipe = example.recipe();
        Backend.withThreads(example.threads(), () -> {
            TrainingMemory memory = TrainingMemory.of(recipe, example.shape(), CLASSES);
            try (Trainer trainer = Trainer.start(recipe, example.images(), Rng.of(1), Progress.none())) {
                TrainingMemory taken = taken(trainer);
                assertEquals(taken, memory);
                trainer.step();
                assertEquals(memory, taken(trainer), "a step takes nothing");
            }
            return memory;
        });
    }

    private static TrainingMemory taken(Trainer trainer) {
        // Values, two moments, and the average if it is another buffer.
        int buffers = trainer.result() == trainer.parameters().values() ? 3 : 4;
        long weights = buffers * bytes(trainer.parameters().values());
        return new TrainingMemory(
                weights,
                trainer.workspaces().stream()
                        .mapToLong(work -> bytes(work.gradients()))
                        .sum(),
                trainer.workspaces().stream()
                        .mapToLong(Workspace::allocatedBytes)
                        .sum());
    }

    private static long bytes(Tensor tensor) {
        return 4L * tensor.size();
    }

    @Test
    void aPaperSizedRunIsKnownWithoutItsImages() {
        Recipe paper = Recipe.latentDAE(PatchPCA.patch(16).components(16))
                .withDenoiser(VisionTransformer.halfLarge())
                .withTraining(Training.epochs(400).withBatchSize(2048));
        ImageShape shape = new ImageShape(3, 256, 256);
        TrainingMemory memory = Backend.withThreads(1, () -> TrainingMemory.of(paper, shape, 0));
        long parameters = paper.denoiser()
                .layout(paper.signature(paper.tokenizer().grid(shape), 0))
                .count();
        assertEquals(12.0 * parameters, (double) memory.weights(), 12.0 * 1024);
        assertEquals(memory.weights() / 3, memory.gradients());
        assertEquals(memory.weights() + memory.gradients() + memory.activations(), memory.total());
        // A batch of one pass and of many take the same.
        assertEquals(
                memory.activations(),
                Backend.withThreads(1, () -> TrainingMemory.of(batch(4, paper), shape, 0))
                        .activations());
        TrainingMemory lean = Backend.withThreads(1, () -> TrainingMemory.of(checkpointed(paper), shape, 0));
        assertTrue(lean.activations() < memory.activations() / 8, () -> "%s for %s".formatted(lean, memory));
        assertEquals(memory.weights(), lean.weights());
    }

    @Test
    void labelsThatAreToldNeedClasses() {
        Recipe told = BASE.withLabels(ClassLabels.withDropout(0));
        Expect.refused(() -> TrainingMemory.of(told, Synthetic.SHAPE, 0), "classes", "got 0");
        Recipe odd = BASE.withTokenizer(PatchPCA.patch(5).components(5));
        Expect.refused(() -> TrainingMemory.of(odd, Synthetic.SHAPE, 0), "patch", "5");
    }
}
