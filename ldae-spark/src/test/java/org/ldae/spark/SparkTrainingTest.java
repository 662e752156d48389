package org.ldae.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.ldae.compute.Backend;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;
import org.ldae.inference.Features;
import org.ldae.models.LatentDAE;
import org.ldae.models.Recipe;
import org.ldae.models.Trainer;
import org.ldae.testing.ForwardingImages;
import org.ldae.testing.Ranks;
import org.ldae.tokenizers.Tokenizer;
import org.ldae.training.Training;

/** Training over executors ends with the bits of two ranks in this process, whatever becomes of the executors. */
class SparkTrainingTest {

    private static final Recipe RECIPE =
            Bars.recipe(Training.steps(20).withBatchSize(16).withRate(3e-3).withAverageDecay(0.9));

    @TempDir
    private Path dir;

    /** Images that strike when the so-many-th is read. */
    private record Striking(ImageSource source, Fault.Strike strike, AtomicInteger read) implements ForwardingImages {
        private static final int MANY = 150;

        @Override
        public void read(int index, float[] destination, int offset) {
            if (read.incrementAndGet() == MANY) {
                strike.strike();
            }
            source.read(index, destination, offset);
        }
    }

    private static ImageSource open(Fault.Strike strike) {
        ImageSource images = Bars.images(60, 1);
        boolean driver = org.apache.spark.TaskContext.get() == null;
        return driver ? images : new Striking(images, strike, new AtomicInteger());
    }

    @ParameterizedTest
    @EnumSource
    void trainingHasTheBitsOfTwoRanksHere(Fault fault) throws Exception {
        ImageSource images = Bars.images(60, 1);
        Tokenizer tokenizer = RECIPE.tokenizer().fit(images, Rng.of(5).stream("tokenizer"), Progress.none());
        List<float[]> expected = Ranks.run(
                2,
                exchange -> Backend.withThreads(1, () -> {
                    try (Trainer trainer = Trainer.start(RECIPE, tokenizer, images, Rng.of(5), exchange)) {
                        trainer.run(Progress.none());
                        try (LatentDAE model = trainer.model()) {
                            return features(model);
                        }
                    }
                }));
        Fault.Strike strike = fault.at(dir.resolve("struck"));
        Told told = new Told();
        SparkTraining training =
                SparkTraining.of(RECIPE, () -> open(strike)).withSeed(5).withSeconds(0);
        String checkpoint = dir.resolve("run.safetensors").toUri().toString();
        try (LatentDAE model = training.run(Cluster.session(), checkpoint, told)) {
            assertArrayEquals(expected.get(0), features(model));
        }
        assertEquals(fault != Fault.NONE, strike.struck());
        assertEquals(fault == Fault.NONE ? 0 : 1, told.warnings.size(), told.warnings.toString());
        assertEquals(20, told.done);
        // What is finished is read.
        try (LatentDAE model = training.run(Cluster.session(), checkpoint, Progress.none())) {
            assertArrayEquals(expected.get(0), features(model));
        }
    }

    private static final class Told implements Progress {
        private final List<String> warnings = new ArrayList<>();
        private long done;

        @Override
        public void update(Event event) {
            done = event.done();
        }

        @Override
        public void warn(String message) {
            warnings.add(message);
        }
    }

    /** With one thread wherever they are asked for: products of other sizes may round otherwise. */
    private static float[] features(LatentDAE model) {
        return Backend.withThreads(
                1,
                () -> model.represent(Bars.images(4, 9), Features.pooled())
                        .data()
                        .asFloat());
    }

    @Test
    void otherRunsAndBadNumbersAreSaid() throws Exception {
        assertThrows(
                IllegalArgumentException.class,
                () -> SparkTraining.of(RECIPE, () -> Bars.images(60, 1)).withRanks(3));
        String checkpoint = dir.resolve("run.safetensors").toUri().toString();
        try (Trainer other = Trainer.start(RECIPE, Bars.images(60, 1), Rng.of(1), Progress.none())) {
            other.save(dir.resolve("run.safetensors"));
        }
        Exception failed = assertThrows(
                IllegalArgumentException.class,
                () -> SparkTraining.of(RECIPE, () -> Bars.images(60, 1))
                        .withSeed(2)
                        .run(Cluster.session(), checkpoint, Progress.none()));
        assertTrue(String.valueOf(failed.getMessage()).contains("seed"), failed.getMessage());
    }
}
