package org.ldae.compute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.openblas.presets.openblas_nolapack;
import org.junit.jupiter.api.Test;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;

class WorkersTest {

    @Test
    void everyWorkerRunsOnce() {
        try (Workers workers = new Workers()) {
            AtomicInteger sum = new AtomicInteger();
            workers.run(w -> sum.addAndGet(1 << w));
            assertEquals((1 << workers.count()) - 1, sum.get());
        }
    }

    @Test
    void aFailureReachesTheCaller() {
        try (Workers workers = new Workers()) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> workers.run(w -> {
                        throw new IllegalArgumentException("worker " + w);
                    }));
        }
    }

    @Test
    void aFailureReachesTheCallerOnceAllAreDoneAndTheNextRoundRuns() {
        try (Workers workers = new Workers()) {
            AtomicInteger done = new AtomicInteger();
            for (int round = 1; round <= 3; round++) {
                IllegalStateException thrown = assertThrows(
                        IllegalStateException.class,
                        () -> workers.run(w -> {
                            done.incrementAndGet();
                            throw new AssertionError("worker " + w);
                        }));
                assertEquals(
                        "worker 0", Objects.requireNonNull(thrown.getCause()).getMessage());
                assertEquals(round * workers.count(), done.get());
            }
            workers.run(w -> done.addAndGet(100));
            assertEquals(103 * workers.count(), done.get());
        }
    }

    @Test
    void anInterruptedCallerWaitsAndStaysInterrupted() {
        try (Workers workers = new Workers()) {
            AtomicInteger done = new AtomicInteger();
            Thread caller = Thread.currentThread();
            workers.run(w -> {
                caller.interrupt();
                LockSupport.parkNanos(50_000_000);
                done.incrementAndGet();
            });
            assertEquals(workers.count(), done.get());
            assertTrue(Thread.interrupted());
            workers.run(w -> Thread.currentThread().interrupt());
            workers.run(w -> done.incrementAndGet());
            assertEquals(2 * workers.count(), done.get());
        }
    }

    @Test
    void callersWaitForEachOther() throws InterruptedException {
        try (Workers workers = new Workers()) {
            AtomicInteger inside = new AtomicInteger();
            AtomicInteger most = new AtomicInteger();
            Runnable caller = () -> {
                for (int i = 0; i < 200; i++) {
                    workers.run(w -> {
                        most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                        inside.decrementAndGet();
                    });
                }
            };
            Thread other = new Thread(caller);
            other.start();
            caller.run();
            other.join();
            assertTrue(most.get() <= workers.count(), "inside at once: " + most);
        }
    }

    @Test
    void closedWorkersSaySo() {
        Workers workers = new Workers();
        workers.close();
        assertThrows(IllegalStateException.class, () -> workers.run(w -> {}));
    }

    @Test
    void handingOutWorkAllocatesNothing() {
        try (Workers workers = new Workers()) {
            AtomicInteger sum = new AtomicInteger();
            Workers.Task task = w -> sum.addAndGet(w);
            assertEquals(0, Allocation.ofCaller(() -> workers.run(task)));
            long[] before = new long[workers.count()];
            long[] after = new long[workers.count()];
            Workers.Task measureBefore = w -> before[w] = Allocation.ofThread();
            Workers.Task measureAfter = w -> after[w] = Allocation.ofThread();
            workers.run(measureBefore);
            workers.run(measureAfter);
            workers.run(measureBefore);
            for (int i = 0; i < 100; i++) {
                workers.run(task);
            }
            workers.run(measureAfter);
            for (int w = 0; w < before.length; w++) {
                assertEquals(0, after[w] - before[w]);
            }
        }
    }

    @Test
    void blasGetsItsThreadsBackInWhateverOrderWorkersAreClosed() {
        int before = blasThreads();
        Workers first = new Workers();
        Workers second = new Workers();
        first.close();
        first.close();
        int between = blasThreads();
        second.close();
        assertEquals(before, blasThreads());
        assertTrue(!Backend.provider().name().equals("cpu") || between == 1, "BLAS threads " + between);
    }

    @Test
    void openMpUsesOneThreadInWorkersAndStaysAsItWasOutside() {
        assumeTrue(Backend.provider().name().equals("cpu"), "the portable kernels leave threads to ND4J");
        NativeOps ops = NativeOpsHolder.getInstance().getDeviceNativeOps();
        int before = ops.ompGetMaxThreads();
        try (Workers workers = new Workers()) {
            int[] threads = new int[workers.count()];
            workers.run(w -> threads[w] = ops.ompGetMaxThreads());
            assertTrue(Arrays.stream(threads).allMatch(n -> n == 1), Arrays.toString(threads));
        }
        assertEquals(1, Workers.withSingleThreadedBlas(ops::ompGetMaxThreads));
        assertEquals(before, ops.ompGetMaxThreads());
    }

    /** Asks OpenBLAS itself: ND4J answers what it set last. The function takes no number, and doesn't look at the one it gets. */
    private static int blasThreads() {
        Loader.load(openblas_nolapack.class);
        return new Ask(Loader.addressof("openblas_get_num_threads")).call(0);
    }

    private static final class Ask extends openblas_nolapack.MklSetNumThreadsLocal {
        Ask(Pointer function) {
            put(function);
        }
    }
}
