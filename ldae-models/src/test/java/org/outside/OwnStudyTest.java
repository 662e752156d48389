package org.outside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ldae.core.Progress;
import org.ldae.deconstruction.Step;
import org.ldae.noise.NoiseSchedule;
import org.ldae.report.StudyReport;
import org.ldae.study.Cell;
import org.ldae.study.CellExecutor;
import org.ldae.study.CellResult;
import org.ldae.study.CellRun;
import org.ldae.study.Group;
import org.ldae.study.Metric;
import org.ldae.study.Shapes;
import org.ldae.study.Study;
import org.ldae.study.StudyResults;
import org.ldae.study.Subject;
import org.ldae.study.Trial;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Steps, subjects, metrics and an executor of a caller's own take part in a study and show up in its report. */
class OwnStudyTest {

    private static final Metric BRIGHTNESS = new Metric("brightness", "mean of a pixel", Metric.Unit.NUMBER);

    @TempDir
    private Path out;

    /** Every so-many-th pixel. */
    private record Sparse(int every) implements Subject {
        @Override
        public String settings() {
            return "{\"subject\": \"sparse\", \"every\": %d}".formatted(every);
        }

        @Override
        public void run(CellRun run) {
            run.probe(Metric.ALL_TOKENS, images -> {
                int[] all = java.util.stream.IntStream.range(0, images.size()).toArray();
                INDArray rows = images.images(all)
                        .reshape('c', all.length, images.shape().size());
                return rows.get(
                                org.nd4j.linalg.indexing.NDArrayIndex.all(),
                                org.nd4j.linalg.indexing.NDArrayIndex.interval(0, every, rows.size(1)))
                        .dup('c');
            });
            run.put(BRIGHTNESS, run.data().test().images(0).meanNumber().doubleValue());
        }
    }

    @Test
    void aStepASubjectAMetricAndAnExecutorOfOnesOwnTakePart() throws IOException {
        List<String> ran = new ArrayList<>();
        // Elsewhere a cell is only its name: its result comes back as text.
        CellExecutor elsewhere = (cells, local, ended) -> {
            for (Cell cell : cells) {
                ran.add(cell.id());
                ended.accept(CellResult.fromJson(local.apply(cell).toJson()));
            }
        };
        Study study = Study.of(Shapes.small(), List.of(1L, 2L))
                .withGroups(Set.of(Group.PATH))
                .withNames(Set.of("original-image"))
                .withSteps(Step.of("less-noise", "half the noise", r -> r.withSchedule(NoiseSchedule.additive(0.7))))
                .withTrials(Trial.of("sparse-4", "every fourth pixel", new Sparse(4)))
                .withExecutor(elsewhere);

        StudyResults results = study.run(Shapes.data(), out, Progress.none());

        assertEquals(6, ran.size());
        assertTrue(results.estimate(Group.PATH, "less-noise", Metric.AVERAGED).isPresent());
        assertTrue(results.estimate(Group.OWN, "sparse-4", Metric.ALL_TOKENS).isPresent());
        StudyResults saved = study.saved(Shapes.data(), out);
        assertEquals(
                results.values(Group.OWN, "sparse-4", BRIGHTNESS), saved.values(Group.OWN, "sparse-4", BRIGHTNESS));
        String page = Files.readString(StudyReport.of(saved, study).write(out));
        for (String expected :
                List.of("less-noise", "half the noise", "sparse-4", "every fourth pixel", "mean of a pixel")) {
            assertTrue(page.contains(expected), expected);
        }
    }
}
