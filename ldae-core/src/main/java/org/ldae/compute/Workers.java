package org.ldae.compute;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The threads a batch is split over, each with kernels of its own.
 *
 * <p>Each thread computes its share from end to end with a single-threaded BLAS: no barrier an operation, and its
 * activations stay in its cache. While workers are open the BLAS of this process uses one thread a call; the former
 * setting comes back when the last workers are closed.
 */
public final class Workers implements AutoCloseable {

    /** Work of one thread. */
    @FunctionalInterface
    public interface Task {
        /**
         * Does the work of one worker.
         *
         * @param worker index in [0, {@link Workers#count})
         */
        void run(int worker);
    }

    private final List<Kernels> kernels = new ArrayList<>();
    private final ExecutorService threads;
    private final boolean singleThreadedBlas;
    private boolean closed;

    /** Workers for the backend in use, as many as {@link Backend#threads}. */
    public Workers() {
        Backend.Kind kind = Backend.kind();
        int count = Backend.threads();
        for (int i = 0; i < count; i++) {
            kernels.add(Backend.kernels(kind));
        }
        threads = Executors.newFixedThreadPool(count, task -> {
            Thread thread = new Thread(task, "ldae-worker");
            thread.setDaemon(true);
            return thread;
        });
        singleThreadedBlas = kind == Backend.Kind.CPU;
        if (singleThreadedBlas) {
            BlasThreads.enter();
        }
    }

    /**
     * Number of workers.
     *
     * @return at least 1
     */
    public int count() {
        return kernels.size();
    }

    /**
     * The kernels of one worker.
     *
     * @param worker its index
     * @return kernels to be used on its thread only
     */
    public Kernels kernels(int worker) {
        return kernels.get(worker);
    }

    /**
     * Runs a task on every worker and waits for all of them.
     *
     * @param task called once for each worker index, at the same time
     */
    public void run(Task task) {
        List<Future<?>> running = new ArrayList<>(count());
        for (int i = 0; i < count(); i++) {
            int worker = i;
            running.add(threads.submit(() -> task.run(worker)));
        }
        RuntimeException failure = null;
        for (Future<?> one : running) {
            RuntimeException thrown = await(one);
            failure = failure == null ? thrown : failure;
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** Waits to the end even when interrupted, since the shares write into memory the caller may free. */
    private static @Nullable RuntimeException await(Future<?> work) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    work.get();
                    return null;
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    return e.getCause() instanceof RuntimeException thrown
                            ? thrown
                            : new IllegalStateException("a worker failed", e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        threads.shutdown();
        if (singleThreadedBlas) {
            BlasThreads.leave();
        }
    }

    /** The process-wide number of BLAS threads: 1 while any workers are open, as it was before once all are closed. */
    private static final class BlasThreads {
        private static int open;
        private static int before;

        static synchronized void enter() {
            if (open++ == 0) {
                before = Nd4j.factory().blas().getMaxThreads();
                Nd4j.factory().blas().setMaxThreads(1);
            }
        }

        static synchronized void leave() {
            if (--open == 0) {
                Nd4j.factory().blas().setMaxThreads(before);
            }
        }
    }
}
