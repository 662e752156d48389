package org.ldae.compute;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The threads a batch is split over, each with kernels of its own.
 *
 * <p>Each thread computes its share from end to end with a single-threaded BLAS: no barrier an operation, and its
 * activations stay in its cache. For fewer images than threads see {@link #forImages}. While workers are open the BLAS of this process uses one thread a call; the former
 * setting comes back when the last workers are closed. Handing out work allocates nothing.
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

    /** How threads go about it. */
    private enum Way {
        /** The caller sleeps while each thread does a long share; it looks for their end as long as it takes to wake one. */
        SHARES(0, 0),
        /** The caller is the first worker; operations follow each other so closely that the others stay awake between them. */
        OPERATIONS(1, 2000);

        private final int first;
        /** How often a thread that waits lets others have its processor before it goes to sleep, a microsecond or so each. */
        private final int yields;

        Way(int first, int yields) {
            this.first = first;
            this.yields = yields;
        }
    }

    private static final Task NOTHING = worker -> {};

    /** Looks at a counter before a thread sleeps: some ten microseconds, about what it takes to wake one. */
    private static final int SPINS = 500;

    /** Workers that share each operation of the single worker that is seen, or null. */
    private final @Nullable Workers team;

    private final Way way;
    private final List<Kernels> kernels = new ArrayList<>();
    private final Worker[] threads;
    private final KernelsProvider provider;
    private final Runnable release;
    private final Runnable runHere = this::runHere;
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger round = new AtomicInteger();
    private Task task = NOTHING;
    private @Nullable Thread caller;
    private boolean closed;

    /** Workers for the backend in use, as many as {@link Backend#threads}. */
    public Workers() {
        this(Way.SHARES);
    }

    private Workers(Way way) {
        this.team = null;
        this.way = way;
        provider = Backend.provider();
        release = provider.hold();
        int count = Backend.threads();
        threads = new Worker[count - way.first];
        for (int i = 0; i < count; i++) {
            kernels.add(provider.kernels());
        }
        for (int i = 0; i < threads.length; i++) {
            threads[i] = new Worker(way.first + i);
            threads[i].start();
        }
    }

    /** One worker, which is the calling thread, with kernels that split each operation over a team. */
    private Workers(Workers team) {
        this.team = team;
        this.way = team.way;
        provider = team.provider;
        release = team::close;
        threads = new Worker[0];
        kernels.add(new SharedKernels(team, SharedKernels.Small.USUAL));
    }

    /**
     * Workers for batches of some size: one, whose operations all threads share, or one a thread, as {@link Backend#shares}
     * says.
     *
     * @param images in a batch, at least 1
     * @return workers for the backend in use
     */
    public static Workers forImages(int images) {
        return Backend.sharesOperations(images) ? new Workers(sharingOperations()) : new Workers();
    }

    /** Workers for {@link SharedKernels}. */
    static Workers sharingOperations() {
        return new Workers(Way.OPERATIONS);
    }

    /**
     * Runs work while the BLAS of this process uses one thread a call, as it does while workers are open: sums in the order
     * of one thread, whatever else goes on in the process.
     *
     * @param work what to do
     * @param <T> type of its result
     * @return what it returned
     */
    public static <T> T withSingleThreadedBlas(Supplier<T> work) {
        KernelsProvider provider = Backend.provider();
        Runnable release = provider.hold();
        try {
            List<T> result = new ArrayList<>(1);
            provider.runOnThread(() -> result.add(work.get()));
            return result.get(0);
        } finally {
            release.run();
        }
    }

    /**
     * Does pieces of work that don't depend on each other, each from end to end on one of {@link Backend#threads} threads, where
     * libraries below use that thread alone. A single piece is done on the calling thread.
     *
     * @param pieces how many
     * @param work called once for each index below that, in no order
     */
    public static void each(int pieces, IntConsumer work) {
        AtomicInteger next = new AtomicInteger();
        Task dealt = worker -> {
            for (int piece = next.getAndIncrement(); piece < pieces; piece = next.getAndIncrement()) {
                work.accept(piece);
            }
        };
        if (pieces <= 1 || Backend.threads() == 1) {
            withSingleThreadedBlas(() -> {
                dealt.run(0);
                return next;
            });
            return;
        }
        try (Workers workers = new Workers()) {
            workers.run(dealt);
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
     * Runs a task on every worker and waits for all of them, to the end even when interrupted, since the shares write into
     * memory the caller may free. Calls from several threads run one after another.
     *
     * @param next called once for each worker index, at the same time
     * @throws IllegalStateException if the workers are closed
     */
    public synchronized void run(Task next) {
        if (closed) {
            throw new IllegalStateException("workers: closed");
        }
        task = next;
        if (team != null) {
            try {
                provider.runOnThread(runHere);
            } finally {
                task = NOTHING;
            }
            return;
        }
        caller = Thread.currentThread();
        running.set(threads.length);
        wake();
        try {
            if (way.first > 0) {
                next.run(0);
            }
        } finally {
            awaitAll();
        }
        task = NOTHING;
        throwFailure();
    }

    private void runHere() {
        task.run(0);
    }

    private void wake() {
        round.incrementAndGet();
        for (Worker each : threads) {
            LockSupport.unpark(each);
        }
    }

    private void awaitAll() {
        boolean interrupted = false;
        for (int spin = 0; running.get() > 0; spin++) {
            if (!stayAwake(spin)) {
                LockSupport.park(this);
                interrupted |= Thread.interrupted();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Lets a moment pass, unless enough have passed for a thread to go to sleep. */
    @SuppressWarnings(
            "ThreadPriorityCheck") // a processor given up to whom this thread waits for, not a way to be correct
    private boolean stayAwake(int moments) {
        if (moments < SPINS) {
            Thread.onSpinWait();
        } else if (moments < SPINS + way.yields) {
            Thread.yield();
        }
        return moments < SPINS + way.yields;
    }

    private void throwFailure() {
        Throwable first = null;
        for (Worker each : threads) {
            first = first == null ? each.failure : first;
            each.failure = null;
        }
        if (first instanceof RuntimeException thrown) {
            throw thrown;
        }
        if (first != null) {
            throw new IllegalStateException("a worker failed", first);
        }
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        wake();
        release.run();
    }

    /** A thread that sleeps between rounds of work. */
    private final class Worker extends Thread {
        private final int index;
        private @Nullable Throwable failure;

        Worker(int index) {
            super("ldae-worker-" + index);
            this.index = index;
            setDaemon(true);
        }

        @Override
        public void run() {
            provider.runOnThread(this::rounds);
        }

        private void rounds() {
            for (int done = 0; ; done++) {
                awaitRound(done + 1);
                if (closed) {
                    return;
                }
                work();
            }
        }

        private void awaitRound(int next) {
            // By their difference, which is right also when rounds pass 2^31.
            for (int spin = 0; round.get() - next < 0; spin++) {
                if (!stayAwake(spin)) {
                    LockSupport.park(Workers.this);
                    // A task may have left the status set, and park returns at once while it is.
                    interrupted();
                }
            }
        }

        private void work() {
            Thread waiting = caller;
            try {
                task.run(index);
            } catch (Throwable e) {
                failure = e; // for the caller to throw
            }
            if (running.decrementAndGet() == 0) {
                LockSupport.unpark(waiting);
            }
        }
    }
}
