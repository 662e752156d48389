package org.ldae.study;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.ldae.compute.Backend;
import org.ldae.compute.Workers;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.Dataset;

/** One call of {@link Study#run}: cells that are there are read, the others run on as many threads as there are jobs. */
final class StudyRun {

    private final Study study;
    private final Dataset data;
    private final String dataHash;
    private final ResultStore store;
    private final CellRunner runner;
    private final StudyProgress progress;
    /** Results by settings and seed: ablations meet the path in cells that are the same. */
    private final Map<String, CellResult> same = new ConcurrentHashMap<>();

    StudyRun(Study study, Dataset data, Path out, Progress progress) throws IOException {
        this.study = study;
        this.data = data;
        this.dataHash = data.train().hash();
        this.store = new ResultStore(out.resolve("cells"));
        this.runner = new CellRunner(
                data,
                new TokenizerStore(out.resolve("tokenizers")),
                new Pictures(data, out.resolve("figures"), study.seeds().get(0)),
                new SampleDistance(data, Rng.of(study.seeds().get(0))));
        this.progress = new StudyProgress(progress, study.jobs());
    }

    List<CellResult> run() throws IOException {
        Map<Cell, Trial> cells = cells();
        Map<Cell, CellResult> results = known(cells);
        progress.start(cells.size(), results.size());
        runMissing(cells, results);
        return cells.keySet().stream().map(results::get).toList();
    }

    /** The finished cells that the folder holds. */
    List<CellResult> saved() throws IOException {
        return List.copyOf(known(cells()).values());
    }

    private Map<Cell, Trial> cells() {
        List<Trial> trials = study.trials(data);
        Map<Cell, Trial> cells = new LinkedHashMap<>();
        for (long seed : study.seeds()) {
            trials.forEach(trial -> cells.put(trial.cell(seed), trial));
        }
        return cells;
    }

    private Map<Cell, CellResult> known(Map<Cell, Trial> cells) throws IOException {
        Map<Cell, CellResult> results = new LinkedHashMap<>();
        for (Map.Entry<Cell, Trial> each : cells.entrySet()) {
            Cell cell = each.getKey();
            Optional<CellResult> known = store.load(cell, CellRunner.settings(each.getValue()), dataHash);
            if (known.isPresent()) {
                results.put(cell, known.get());
                same.put(key(each.getValue(), cell.seed()), known.get());
            }
        }
        return results;
    }

    private void runMissing(Map<Cell, Trial> cells, Map<Cell, CellResult> results) throws IOException {
        ExecutorService jobs = Executors.newFixedThreadPool(study.jobs());
        Map<Cell, Future<CellResult>> running = new LinkedHashMap<>();
        try {
            cells.forEach((cell, trial) -> {
                if (!results.containsKey(cell)) {
                    running.put(cell, jobs.submit(() -> one(trial, cell)));
                }
            });
            for (Map.Entry<Cell, Future<CellResult>> each : new ArrayList<>(running.entrySet())) {
                results.put(each.getKey(), await(each.getValue()));
            }
        } finally {
            stop(jobs);
        }
    }

    /** Gives up the cells in progress and waits until they have, since they write into the folder. */
    private static void stop(ExecutorService jobs) {
        jobs.shutdownNow();
        boolean interrupted = Thread.interrupted();
        while (!jobs.isTerminated()) {
            try {
                jobs.awaitTermination(1, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private CellResult one(Trial trial, Cell cell) {
        CellResult twin = same.get(key(trial, cell.seed()));
        CellResult result = twin != null
                ? new CellResult(cell, twin.metrics(), twin.seconds(), twin.settings(), twin.provenance())
                : Backend.withThreads(
                        Math.max(1, Backend.threads() / study.jobs()),
                        () -> Workers.withSingleThreadedBlas(() -> runner.run(trial, cell.seed(), progress.of(cell))));
        try {
            store.save(result);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        same.put(key(trial, cell.seed()), result);
        progress.finished(cell, twin == null ? result.seconds() : 0);
        return result;
    }

    private static String key(Trial trial, long seed) {
        return seed + CellRunner.settings(trial);
    }

    private static CellResult await(Future<CellResult> future) throws IOException {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("study: interrupted; finished cells are saved, run it again to go on");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UncheckedIOException io) {
                throw new IOException(io.getCause());
            }
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException("study: a cell failed", e.getCause());
        }
    }
}
