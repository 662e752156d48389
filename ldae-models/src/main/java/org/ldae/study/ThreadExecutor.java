package org.ldae.study;

import java.util.List;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.ldae.compute.Backend;
import org.ldae.compute.Workers;

/**
 * Runs cells on threads of this process.
 *
 * @param count cells at a time
 */
record ThreadExecutor(int count) implements CellExecutor {

    ThreadExecutor {
        if (count < 1) {
            throw new IllegalArgumentException("cells at a time: expected at least 1, got " + count);
        }
    }

    @Override
    public void run(List<Cell> cells, Local local, Consumer<CellResult> ended) throws InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(count);
        CompletionService<CellResult> running = new ExecutorCompletionService<>(threads);
        int share = Math.max(1, Backend.threads() / count);
        try {
            cells.forEach(cell -> running.submit(
                    () -> Backend.withThreads(share, () -> Workers.withSingleThreadedBlas(() -> local.apply(cell)))));
            for (int i = 0; i < cells.size(); i++) {
                ended.accept(running.take().get());
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException("study: a cell failed", e.getCause());
        } finally {
            stop(threads);
        }
    }

    /** Gives up the cells in progress and waits until they have. */
    private static void stop(ExecutorService threads) {
        threads.shutdownNow();
        boolean interrupted = Thread.interrupted();
        while (!threads.isTerminated()) {
            try {
                threads.awaitTermination(1, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
