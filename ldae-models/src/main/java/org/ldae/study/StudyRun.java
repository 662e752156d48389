package org.ldae.study;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.ldae.core.Progress;
import org.ldae.data.Dataset;
import org.ldae.figures.Figures;

/** One call of {@link Study#run}: cells that are there are read, the others are run by the executor and written here alone. */
final class StudyRun implements CellExecutor.Local {

    private final Study study;
    private final Dataset data;
    private final String dataHash;
    private final String testHash;
    private final Path figures;
    private final ResultStore store;
    private final TokenizerStore tokenizers;
    private final SampleDistance distance;
    private final StudyProgress progress;
    private final Map<Cell, Trial> cells = new LinkedHashMap<>();

    StudyRun(Study study, Dataset data, Path out, Progress progress) throws IOException {
        this.study = study;
        this.data = data;
        this.dataHash = data.train().hash();
        this.testHash = data.test().hash();
        this.figures = Files.createDirectories(out.resolve("figures"));
        this.store = new ResultStore(out.resolve("cells"));
        this.tokenizers = new TokenizerStore(out.resolve("tokenizers"));
        this.distance = new SampleDistance(data);
        this.progress = new StudyProgress(progress);
        List<Trial> trials = study.trials(data);
        for (long seed : study.seeds()) {
            trials.forEach(trial -> cells.put(trial.cell(seed), trial));
        }
    }

    /** What defines a trial's numbers beside training images and seed. */
    private String settings(Trial trial) {
        JsonObject settings = JsonParser.parseString(trial.subject().settings()).getAsJsonObject();
        settings.addProperty(CellResult.PROBE, CellRun.solver().toString());
        settings.addProperty(ResultStore.TEST, testHash);
        return settings.toString();
    }

    private String settings(Cell cell) {
        return settings(Optional.ofNullable(cells.get(cell))
                .orElseThrow(
                        () -> new IllegalArgumentException("cell: expected one of the study's, got " + cell.id())));
    }

    /** Ablations meet the path in cells that are the same: they are run once. */
    private String key(Cell cell) {
        return cell.seed() + settings(cell);
    }

    List<CellResult> run() throws IOException {
        Map<Cell, CellResult> results = known();
        progress.start(cells.size(), results.size());
        Map<String, CellResult> same = new LinkedHashMap<>();
        results.forEach((cell, result) -> same.put(key(cell), result));
        Map<String, Cell> missing = new LinkedHashMap<>();
        for (Cell cell : cells.keySet()) {
            if (results.containsKey(cell)) {
                continue;
            }
            CellResult twin = same.get(key(cell));
            if (twin == null) {
                missing.putIfAbsent(key(cell), cell);
            } else {
                keep(twin.as(cell), results);
            }
        }
        try {
            study.executor().run(List.copyOf(missing.values()), this, result -> ended(result, results));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException(
                    "study: interrupted after %d of %d cells; finished cells are saved, run it again in the same folder to go on"
                            .formatted(results.size(), cells.size()));
        } catch (UncheckedIOException e) {
            throw new IOException(e.getCause());
        }
        return cells.keySet().stream().map(results::get).toList();
    }

    /** The finished cells that the folder holds. */
    Map<Cell, CellResult> known() throws IOException {
        Map<Cell, CellResult> results = new LinkedHashMap<>();
        for (Cell cell : cells.keySet()) {
            store.load(cell, settings(cell), dataHash).ifPresent(known -> results.put(cell, known));
        }
        return results;
    }

    /** Runs a cell without keeping its result. */
    @Override
    public CellResult apply(Cell cell) {
        String settings = settings(cell);
        return cellRun(cell).measure(subject(cell), settings);
    }

    @Override
    public Path fitTokenizers(Cell cell) {
        subject(cell).fitTokenizers(cellRun(cell));
        return tokenizers.folder();
    }

    private CellRun cellRun(Cell cell) {
        return new CellRun(cell, data, tokenizers, distance, progress.of(cell));
    }

    private Subject subject(Cell cell) {
        return Objects.requireNonNull(cells.get(cell), cell::id).subject();
    }

    private void ended(CellResult result, Map<Cell, CellResult> results) {
        String key = key(result.cell());
        for (Cell cell : cells.keySet()) {
            if (!results.containsKey(cell) && key(cell).equals(key)) {
                keep(cell.equals(result.cell()) ? result : result.as(cell), results);
            }
        }
    }

    private void keep(CellResult result, Map<Cell, CellResult> results) {
        try {
            if (result.cell().seed() == study.seeds().get(0)) {
                for (var picture : result.pictures().entrySet()) {
                    Figures.writePng(picture.getValue(), figures.resolve(picture.getKey()));
                }
            }
            store.save(result);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        results.put(result.cell(), result);
        progress.finished(result.cell());
    }
}
