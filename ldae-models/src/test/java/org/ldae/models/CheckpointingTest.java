package org.ldae.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ldae.compute.Backend;
import org.ldae.compute.Kernels;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;
import org.ldae.inference.Features;
import org.ldae.nn.Denoiser;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;
import org.ldae.noise.NoiseSchedule;
import org.ldae.tokenizers.linear.PatchPCA;
import org.ldae.training.Training;
import org.ldae.transformer.VisionTransformer;

/** Activations that are computed again are the ones that would have been kept. */
class CheckpointingTest {

    private static final ImageSource IMAGES = Synthetic.images(22, 1);
    private static final VisionTransformer DEEP = Synthetic.network().withBlocks(3, 2);

    static Stream<Recipe> recipes() {
        Recipe timed = Synthetic.recipe().withDenoiser(DEEP);
        return Stream.of(
                timed,
                timed.withSchedule(NoiseSchedule.single(0.5)),
                timed.withTraining(timed.training().withBatchSize(2)));
    }

    private static Training on(Training training) {
        return training.withCheckpointActivations(true);
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void trainingComesToTheSameNumbers(Recipe recipe) {
        try (Trainer kept = Trainer.start(recipe, IMAGES, Rng.of(1), Progress.none());
                Trainer again =
                        Trainer.start(recipe.withTraining(on(recipe.training())), IMAGES, Rng.of(1), Progress.none())) {
            kept.run(Progress.none());
            again.run(Progress.none());
            assertArrayEquals(kept.losses(), again.losses());
            assertArrayEquals(
                    kept.parameters().values().toArray(),
                    again.parameters().values().toArray());
        }
    }

    @Test
    void maskedAutoencodersDoTheSame() {
        Recipe masked = Recipe.masked(PatchPCA.patch(4).components(16), DEEP)
                .withTraining(Training.epochs(2).withBatchSize(5));
        try (LatentDAE kept = masked.train(IMAGES, Rng.of(1), Progress.none());
                LatentDAE again =
                        masked.withTraining(on(masked.training())).train(IMAGES, Rng.of(1), Progress.none())) {
            assertEquals(kept.represent(IMAGES, Features.pooled()), again.represent(IMAGES, Features.pooled()));
        }
    }

    /** A network over one image, forward and backward. */
    private static final class Net implements AutoCloseable {
        private static final Denoiser.Signature SIGNATURE =
                Synthetic.recipe().signature(Synthetic.tokenizer().grid(Synthetic.SHAPE), 0);

        private final Parameters parameters = DEEP.layout(SIGNATURE).initialise(Rng.of(1));
        private final Workspace work;
        private final Denoiser.Pass pass;
        private final Denoiser.Conditions conditions = Denoiser.Conditions.at(0.3f);

        Net(boolean keeping) {
            Kernels kernels = Backend.kernels();
            work = keeping ? Workspace.training(kernels, parameters) : Workspace.recomputing(kernels, parameters);
            float[] numbers = new float[parameters.values().size()];
            // Gates that start at zero would hide what goes through them.
            Rng.of(2).normals(numbers, 0, parameters.count());
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] *= 0.1f;
            }
            parameters.values().put(numbers);
            pass = DEEP.pass(work, SIGNATURE, 1);
            float[] input = new float[pass.input().size()];
            Rng.of(3).normals(input, 0, input.length);
            pass.input().put(input);
        }

        void step() {
            work.kernels().fill(work.gradients(), 0);
            pass.backward(pass.forward(conditions));
        }

        /** Heap bytes of a step once it is warm. */
        long heap() {
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            for (int i = 0; i < 50; i++) {
                step();
            }
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 20; i++) {
                step();
            }
            return (threads.getCurrentThreadAllocatedBytes() - before) / 20;
        }

        @Override
        public void close() {
            work.close();
            parameters.close();
        }
    }

    @Test
    void gradientsAreTheSameBitForBitFromLessMemory() {
        try (Net kept = new Net(true);
                Net again = new Net(false)) {
            kept.step();
            again.step();
            float[] gradients = kept.work.gradients().toArray();
            assertArrayEquals(gradients, again.work.gradients().toArray());
            assertTrue(gradients[0] != 0);
            assertTrue(again.work.allocatedBytes() < kept.work.allocatedBytes() / 2);
        }
    }

    @Test
    void aStepTakesNoMoreOfTheHeap() {
        try (Net kept = new Net(true);
                Net again = new Net(false)) {
            long bytes = kept.heap();
            long bytesAgain = again.heap();
            // Some hundred bytes a kernel call, where the compiler has not yet removed what escapes.
            assertTrue(bytesAgain <= 2 * bytes + 4096, () -> "%d bytes for %d".formatted(bytesAgain, bytes));
        }
    }
}
