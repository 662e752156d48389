package org.ldae.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.ldae.core.Progress;
import org.ldae.data.Dataset;
import org.ldae.deconstruction.Preset;
import org.ldae.models.Recipe;
import org.ldae.study.CellExecutor;
import org.ldae.study.CellResult;
import org.ldae.study.CellRun;
import org.ldae.study.Metric;
import org.ldae.study.Study;
import org.ldae.study.StudyResults;
import org.ldae.study.Subject;
import org.ldae.study.Trial;
import org.ldae.training.Training;

/** The cells of a study in executors have the numbers of cells here, whatever becomes of the executors. */
class SparkCellsTest {

    @TempDir
    private Path dir;

    /** A trained recipe; something goes wrong after its tokenizer is there, where it wasn't fitted. */
    private record Struck(Recipe recipe, Fault.Strike strike) implements Subject {
        @Override
        public String settings() {
            return Subject.trained(recipe).settings();
        }

        @Override
        public void run(CellRun run) {
            strike.strike();
            Subject.trained(recipe).run(run);
        }

        @Override
        public void fitTokenizers(CellRun run) {
            Subject.trained(recipe).fitTokenizers(run);
        }
    }

    private record Bar(Fault.Strike strike) implements SparkCells.StudyFactory {
        @Override
        public Study study() {
            Training training = Training.epochs(2).withBatchSize(8).withRate(3e-3);
            return Study.of(Preset.tiny(), List.of(1L, 2L))
                    .withGroups(Set.of())
                    .withTrials(
                            Trial.of("trained", "trained", new Struck(Bars.recipe(training), strike)),
                            Trial.of("untrained", "untrained", Subject.untrained(Bars.recipe(training))));
        }

        @Override
        public Dataset data() {
            return Bars.data();
        }
    }

    @ParameterizedTest
    @EnumSource
    void cellsInExecutorsHaveTheNumbersOfCellsHere(Fault fault) throws IOException {
        Fault.Strike strike = fault.at(dir.resolve("struck"));
        StudyResults here = new Bar(Fault.NONE.at(dir))
                .study()
                .withExecutor(CellExecutor.threads(2))
                .run(Bars.data(), dir.resolve("here"), Progress.none());
        Bar bar = new Bar(strike);
        StudyResults there = bar.study()
                .withExecutor(SparkCells.of(Cluster.session(), bar))
                .run(Bars.data(), dir.resolve("there"), Progress.none());
        assertEquals(fault != Fault.NONE, strike.struck());
        assertEquals(4, there.cells().size());
        for (int i = 0; i < 4; i++) {
            assertEquals(numbers(here.cells().get(i)), numbers(there.cells().get(i)));
            assertEquals(
                    CellResult.fromJson(here.cells().get(i).toJson()).curves(),
                    there.cells().get(i).curves());
        }
        try (var files = Files.list(dir.resolve("there/tokenizers"))) {
            assertEquals(2, files.count());
        }
    }

    static Map<Metric, Double> numbers(CellResult result) {
        Map<Metric, Double> numbers = new HashMap<>(result.metrics());
        numbers.remove(Metric.TRAINING_TIME);
        return numbers;
    }

    @Test
    void anotherStudyInTheExecutorIsSaid() {
        Bar bar = new Bar(Fault.NONE.at(dir));
        Study other = bar.study().withTrials(Trial.of("other", "other", Subject.untrained(recipe())));
        Exception failed = assertThrows(
                IllegalStateException.class,
                () -> other.withExecutor(SparkCells.of(Cluster.session(), bar))
                        .run(Bars.data(), dir.resolve("other"), Progress.none()));
        assertTrue(String.valueOf(failed.getMessage()).contains("expected one of the study"), failed.getMessage());
    }

    @Test
    void whatCannotBeWrittenLeavesNoFolderBehind() throws IOException {
        Path folder = Files.createDirectory(dir.resolve("cells"));
        Bar bar = new Bar(Fault.NONE.at(dir));
        Map<String, byte[]> tokenizers = Map.of("no/such/folder.safetensors", new byte[1]);
        assertThrows(IOException.class, () -> SparkCells.ExecutorStudy.open(bar, tokenizers, folder));
        assertFalse(Files.exists(folder));
    }

    private static Recipe recipe() {
        return Bars.recipe(Training.epochs(1).withBatchSize(8));
    }
}
