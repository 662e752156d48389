package org.ldae.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.Dataset;
import org.ldae.data.ImageSource;
import org.ldae.deconstruction.Preset;
import org.ldae.models.Expect;
import org.ldae.models.Provenance;
import org.ldae.probe.LinearProbe;
import org.ldae.training.Training;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Studies save every cell, go on where they stopped, and give the same numbers however they are run. */
class StudyTest {

    private static final Set<String> STEPS = Set.of("patch-pca", "original-image", "single-level");

    /** Of the study that is run once, in one go. */
    @TempDir
    private static Path shared;

    private static StudyResults whole;

    @TempDir
    private Path out;

    @BeforeAll
    static void runOnce() throws IOException {
        whole = study().run(Shapes.data(), shared, Progress.none());
    }

    private static Study study() {
        return Study.of(Shapes.small(), List.of(1L, 2L))
                .withGroups(Set.of(Group.PATH, Group.CONTROL))
                .withNames(STEPS);
    }

    @Test
    void aStudyStoppedAndStartedAgainGivesTheSameNumbersAsOneInOneGo() throws IOException {
        Dataset data = Shapes.data();
        assertEquals(
                study().cells(data),
                whole.cells().stream().map(CellResult::cell).toList());

        Path parts = out.resolve("parts");
        Thread caller = Thread.currentThread();
        Progress stopper = event -> {
            if (event.done() == 3) {
                caller.interrupt();
            }
        };
        assertThrows(CancellationException.class, () -> study().run(data, parts, stopper));
        assertTrue(Thread.interrupted());
        try (var files = Files.list(parts.resolve("cells"))) {
            long saved = files.count();
            assertTrue(saved >= 3 && saved < whole.cells().size(), saved + " cells");
        }
        List<String> again = new ArrayList<>();
        StudyResults resumed = study().run(data, parts, event -> again.add(event.about()));
        assertTrue(again.stream().noneMatch(detail -> detail.startsWith("path.patch-pca.seed-1: train")));
        for (int i = 0; i < whole.cells().size(); i++) {
            assertSame(whole.cells().get(i), resumed.cells().get(i));
        }
        assertTrue(Files.size(parts.resolve("results.csv")) > 1000);
        assertTrue(Files.exists(parts.resolve("figures").resolve("fig8-single-level.png")));
    }

    private static void assertSame(CellResult expected, CellResult actual) {
        assertEquals(expected.cell(), actual.cell());
        assertEquals(expected.metrics().keySet(), actual.metrics().keySet());
        expected.metrics().forEach((metric, value) -> {
            if (metric.unit() != Metric.Unit.SECONDS) {
                double again = actual.metrics().getOrDefault(metric, Double.NaN);
                assertEquals(value, again, 1e-6, expected.cell().id() + " " + metric);
            }
        });
    }

    @Test
    void cellsAreMeasured() {
        StudyResults results = whole;
        Map<Long, Double> top1 = results.values(Group.PATH, "original-image", Metric.ALL_TOKENS);
        assertEquals(Set.of(1L, 2L), top1.keySet());
        assertTrue(top1.values().stream().allMatch(score -> score >= 0 && score <= 1));
        assertEquals(
                Set.of(1, 2),
                results.sweep(Group.PATH, "original-image", Metric.Sweep.BLOCK).keySet());
        assertEquals(
                Set.of(0, 10, 20, 40, 80),
                results.sweep(Group.PATH, "original-image", Metric.Sweep.NOISY_TIME)
                        .keySet());
        assertEquals(Map.of(), results.sweep(Group.PATH, "single-level", Metric.Sweep.CLEAN_TIME));
        assertEquals(
                results.values(Group.PATH, "original-image", Metric.AVERAGED),
                results.values(Group.PATH, "original-image", Metric.Sweep.CLEAN_TIME.at(10)));
        assertTrue(
                results.estimate(Group.CONTROL, "raw-pixels", Metric.AVERAGED).isEmpty());
        LinearProbe probe = LinearProbe.logistic()
                .fit(
                        pixels(Shapes.data().train()),
                        Shapes.data().train().labels(),
                        Rng.of(2).stream("probe"),
                        Progress.none());
        assertEquals(
                probe.accuracy(
                        pixels(Shapes.data().test()), Shapes.data().test().labels()),
                results.values(Group.CONTROL, "raw-pixels", Metric.ALL_TOKENS).get(2L));
    }

    private static INDArray pixels(ImageSource images) {
        INDArray all = images.images(IntStream.range(0, images.size()).toArray());
        return all.reshape('c', images.size(), images.shape().size());
    }

    /** What the ladder measures, of a rung and of a network before training; it needs images of 16 tokens. */
    private Set<Metric> ladder() throws IOException {
        Dataset large = new Dataset(
                Shapes.data().train().resized(32).cached(),
                Shapes.data().test().resized(32).cached());
        StudyResults results = Study.of(Shapes.small(), List.of(1L))
                .withGroups(Set.of(Group.LADDER))
                .withNames(Set.of("untrained-narrow", "dropped-tokens"))
                .run(large, out.resolve("ladder"), Progress.none());
        assertEquals(2, results.cells().size());
        Set<Metric> trained = results.metrics(Group.LADDER, "dropped-tokens");
        assertTrue(trained.containsAll(Set.of(Metric.AVERAGED, Metric.CELLS, Metric.FLOPS, Metric.IMAGES)));
        assertEquals(Set.of(Metric.AVERAGED, Metric.CELLS), results.metrics(Group.LADDER, "untrained-narrow"));
        Preset budget = Shapes.small()
                .withTraining(Shapes.small()
                        .baseline()
                        .training()
                        .withLength(Training.flops(2e8).length()));
        StudyResults beside = Study.of(budget, List.of(1L))
                .withGroups(Set.of(Group.NEIGHBOURS))
                .withNames(Set.of("unet", "simclr", "supervised"))
                .run(large, out.resolve("neighbours"), Progress.none());
        for (String name : List.of("unet", "simclr", "supervised")) {
            Set<Metric> all = beside.metrics(Group.NEIGHBOURS, name);
            assertTrue(all.containsAll(Set.of(Metric.AVERAGED, Metric.CELLS, Metric.IMAGES, Metric.FLOPS)), name + all);
        }
        return trained;
    }

    @Test
    void everyMetricThatIsWrittenIsKnownAndEveryKnownOneIsWritten() throws IOException {
        StudyResults results = whole;
        Set<Metric> written = new TreeSet<>();
        results.cells().forEach(cell -> written.addAll(cell.metrics().keySet()));
        written.addAll(ladder());
        assertTrue(written.containsAll(Metric.known()), () -> "not written: " + minus(Metric.known(), written));
        for (Metric.Sweep sweep : Metric.Sweep.values()) {
            assertTrue(written.stream().anyMatch(metric -> sweep.place(metric).isPresent()), sweep.toString());
        }
        for (Metric metric : written) {
            assertEquals(Optional.of(metric), Metric.known(metric.name()));
        }
        for (CellResult cell : results.cells()) {
            boolean trains = !Set.of("random-encoder", "raw-pixels", "pca-latents")
                    .contains(cell.cell().trial());
            assertEquals(trains, !cell.curves().isEmpty(), cell.cell().id() + " keeps its losses");
        }
        String json = Files.readString(shared.resolve("results.json"));
        assertFalse(json.contains("NaN") || json.contains("Infinity"));
        assertNotNull(JsonParser.parseString(json));
    }

    private static Set<Metric> minus(Collection<Metric> all, Collection<Metric> some) {
        Set<Metric> rest = new TreeSet<>(all);
        rest.removeAll(some);
        return rest;
    }

    @Test
    void metricsOfPublishedResultsAreStillKnown() throws IOException {
        Path docs = Path.of("..", "docs", "study");
        for (String file : List.of("results.csv", "ablations.csv", "neighbours.csv")) {
            List<String> lines = Files.readAllLines(docs.resolve(file));
            for (String line : lines.subList(1, lines.size())) {
                String[] fields = line.split(",");
                String name = fields[fields.length - 2];
                assertTrue(name.equals("seconds") || Metric.known(name).isPresent(), line);
            }
        }
    }

    @Test
    void resultsSurviveAsText() {
        Cell cell = new Cell(Group.OWN, "mine", "a \"title\"", OptionalDouble.of(3), 7);
        Metric own = new Metric("mine.share", "my share", Metric.Unit.SHARE);
        CellResult result = new CellResult(
                cell,
                Map.of(Metric.AVERAGED, 0.5, Metric.FRECHET, Double.NaN, own, 0.25),
                List.of(LossCurve.of("train", List.of(3.0, 2.0, Double.NaN))),
                Map.of(),
                1.5,
                Optional.of(Instant.EPOCH),
                "{\"probe\":\"p\"}",
                Provenance.of(7, Shapes.data().train()));
        String json = result.toJson();
        assertFalse(json.contains("NaN"), json);
        assertEquals(result, CellResult.fromJson(json));
        String old = json.replaceAll("(?s)\"curves\": .*?\\],\\s*(?=\"seconds\")", "")
                .replaceAll("(?s)\"settings\": \\{.*?\\}", "\"settings\": \"{\\\\\"probe\\\\\":\\\\\"p\\\\\"}\"")
                .replace("\"group\": \"own\"", "\"group\": \"OWN\"");
        CellResult read = CellResult.fromJson(old);
        assertEquals(result.metrics(), read.metrics());
        assertEquals(result.settings(), read.settings());
        assertEquals(List.of(), read.curves());
    }

    @Test
    void someStepsControlsAndAblationsCanBeRun() {
        Study some = Study.of(Shapes.small(), List.of(1L))
                .withGroups(Set.of(Group.PATH, Group.CONTROL, Group.SCALE))
                .withNames(Set.of("patch-pca", "mae", "raw-pixels"));
        assertEquals(
                List.of("patch-pca", "raw-pixels", "mae", "global", "per-component", "none"),
                some.cells(Shapes.data()).stream().map(Cell::trial).toList());
    }

    @Test
    void cellsThatAreTheSameAreRunOnce() throws IOException {
        Study both = Study.of(Shapes.small(), List.of(1L))
                .withGroups(Set.of(Group.PATH, Group.SCALE))
                .withNames(Set.of("patch-pca"))
                .withExecutor(CellExecutor.threads(2));
        List<String> heard = new ArrayList<>();
        StudyResults results = both.run(Shapes.data(), out, event -> heard.add(event.about()));
        assertEquals(
                List.of("patch-pca", "global", "per-component", "none"),
                results.cells().stream().map(result -> result.cell().trial()).toList());
        Study epochs = Study.of(Shapes.small(), List.of(1L)).withGroups(Set.of(Group.SCALE, Group.AUGMENTATION));
        StudyResults second = epochs.run(Shapes.data(), out, event -> heard.add(event.about()));
        assertEquals(
                results.values(Group.SCALE, "global", Metric.AVERAGED),
                second.values(Group.AUGMENTATION, "none", Metric.AVERAGED));
        assertFalse(heard.stream().anyMatch(detail -> detail.startsWith("augmentation.none.seed-1: train")));
    }

    @Test
    void aFolderOfOtherSettingsOrImagesIsRefused() throws IOException {
        Study one = Study.of(Shapes.small(), List.of(1L))
                .withGroups(Set.of(Group.PATH))
                .withNames(Set.of("patch-pca"));
        one.run(Shapes.data(), out, Progress.none());
        Dataset other = new Dataset(Shapes.images(45, 9), Shapes.images(24, 2));
        Expect.refused(IOException.class, () -> one.run(other, out, Progress.none()), "path.patch-pca.seed-1.json");
        Dataset otherTests =
                new Dataset(Shapes.data().train(), Shapes.data().test().limit(20));
        Expect.refused(
                IOException.class, () -> one.run(otherTests, out, Progress.none()), "path.patch-pca.seed-1.json");
        Path file = out.resolve("cells").resolve("path.patch-pca.seed-1.json");
        String before = Files.readString(file).replaceAll(",\\s*\"test\": \"[0-9a-f]{64}\"", "");
        Files.writeString(file, before);
        assertEquals(
                1,
                one.saved(otherTests, out).cells().size(),
                "cells of versions that kept no hash of the test images stay readable");
        Files.writeString(out.resolve("cells").resolve("path.patch-pca.seed-1.json"), "{half");
        Expect.refused(IOException.class, () -> one.run(Shapes.data(), out, Progress.none()), "delete the file");
    }

    /** Accuracies of few test images are often equal. */
    @Test
    void runsOfOtherSeedsAreCountedThoughTheirNumbersAreEqual() {
        Map<Metric, Double> numbers =
                Map.of(Metric.PARAMETERS, 10.0, Metric.IMAGES, 20.0, Metric.FLOPS, 30.0, Metric.AVERAGED, 0.5);
        List<CellResult> cells = new ArrayList<>();
        for (long seed : new long[] {1, 2}) {
            for (Group group : List.of(Group.SIZE, Group.EPOCHS)) {
                Cell cell = new Cell(group, "same", "the same recipe", OptionalDouble.empty(), seed);
                cells.add(new CellResult(
                        cell,
                        numbers,
                        List.of(),
                        Map.of(),
                        1,
                        Optional.empty(),
                        "{}",
                        Provenance.of(seed, Shapes.data().train())));
            }
        }
        assertEquals(
                2,
                new StudyResults(cells)
                        .runs(Metric.AVERAGED, Group.SIZE, Group.EPOCHS)
                        .size());
    }

    @Test
    void badOptionsAreRefused() {
        Expect.refused(() -> study().withNames(Set.of("patch-pcb")).cells(Shapes.data()), "patch-pcb", "patch-pca");
        Expect.refused(() -> study().withNames(Set.of("pca-4")).cells(Shapes.data()), "pca-4", "dimension");
        Expect.refused(() -> Study.of(Shapes.small(), List.of()), "seeds");
        Expect.refused(() -> Study.of(Shapes.small(), List.of(1L, 1L)), "seeds", "[1, 1]");
        Expect.refused(() -> CellExecutor.threads(0), "at least 1");
        Expect.refused(() -> study().withGroups(Set.of()).cells(Shapes.data()), "group");
        ImageSource bare = ImageSource.of(Shapes.images(8, 1).images(0, 1, 2), new int[0], List.of());
        Expect.refused(() -> study().cells(new Dataset(bare, bare)), "labelled");
    }
}
