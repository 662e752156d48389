package org.ldae.compute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;

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
    void blasGetsItsThreadsBackInWhateverOrderWorkersAreClosed() {
        int before = Nd4j.factory().blas().getMaxThreads();
        Workers first = new Workers();
        Workers second = new Workers();
        first.close();
        first.close();
        int between = Nd4j.factory().blas().getMaxThreads();
        second.close();
        assertEquals(before, Nd4j.factory().blas().getMaxThreads());
        assertTrue(Backend.kind() == Backend.Kind.PORTABLE || between == 1, "BLAS threads " + between);
    }
}
