package org.ldae.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.ldae.data.Failures.assertFails;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReadAheadTest {

    private static final ReadAhead.Reader NUMBERS = (item, destination) -> {
        destination[0] = item;
        destination[1] = -item;
    };

    @ParameterizedTest
    @CsvSource({"1, 2", "1, 7", "3, 2", "3, 7", "4, 5000"})
    void itemsComeInOrderWhateverTheThreads(int threads, int slots) {
        try (ReadAhead ahead = new ReadAhead(NUMBERS, 2, new ReadAhead.Limits(2000, slots, threads))) {
            for (int item = 0; item < 2000; item++) {
                assertArrayEquals(new float[] {item, -item}, ahead.get(item));
                assertArrayEquals(new float[] {item, -item}, ahead.get(item));
            }
        }
    }

    @Test
    void anyItemCanBeNext() {
        try (ReadAhead ahead = new ReadAhead(NUMBERS, 2, new ReadAhead.Limits(100, 8, 2))) {
            for (int item : new int[] {0, 1, 50, 51, 3, 99, 98, 0}) {
                assertEquals(item, ahead.get(item)[0]);
            }
            assertFails(IndexOutOfBoundsException.class, () -> ahead.get(100), "100");
        }
    }

    @Test
    void noMoreIsReadThanTheSlotsHold() {
        AtomicLong furthest = new AtomicLong(-1);
        ReadAhead.Reader watched = (item, destination) -> furthest.accumulateAndGet(item, Math::max);
        try (ReadAhead ahead = new ReadAhead(watched, 1, new ReadAhead.Limits(1000, 10, 3))) {
            assertEquals(-1, furthest.get(), "read before it was asked for");
            for (int item = 0; item < 1000; item++) {
                ahead.get(item);
                assertTrue(furthest.get() < item + 10, () -> "read " + furthest.get());
            }
        }
        assertEquals(999, furthest.get());
    }

    @Test
    void aFailureComesWithItsItemAndTheItemIsReadAgain() {
        AtomicBoolean broken = new AtomicBoolean(true);
        ReadAhead.Reader reader = (item, destination) -> {
            if (item == 5 && broken.get()) {
                throw new IllegalStateException("item 5 is broken");
            }
            destination[0] = item;
        };
        try (ReadAhead ahead = new ReadAhead(reader, 1, new ReadAhead.Limits(20, 10, 2))) {
            for (int item = 0; item < 5; item++) {
                assertEquals(item, ahead.get(item)[0]);
            }
            assertFails(IllegalStateException.class, () -> ahead.get(5), "item 5 is broken");
            assertFails(IllegalStateException.class, () -> ahead.get(5), "item 5 is broken");
            broken.set(false);
            for (int item = 5; item < 20; item++) {
                assertEquals(item, ahead.get(item)[0]);
            }
        }
    }

    @Test
    void anInterruptedCallerStillGetsItsItemAndStaysInterrupted() {
        ReadAhead.Reader slow = (item, destination) -> {
            long until = System.nanoTime() + 20_000_000;
            while (System.nanoTime() < until) {
                Thread.onSpinWait();
            }
            destination[0] = item;
        };
        try (ReadAhead ahead = new ReadAhead(slow, 1, new ReadAhead.Limits(3, 2, 1))) {
            Thread.currentThread().interrupt();
            assertEquals(0, ahead.get(0)[0]);
            assertTrue(Thread.interrupted());
        }
    }

    @Test
    void nothingReadsAfterClosing() {
        AtomicInteger reading = new AtomicInteger();
        ReadAhead.Reader reader = (item, destination) -> {
            reading.incrementAndGet();
            destination[0] = item;
            reading.decrementAndGet();
        };
        ReadAhead ahead = new ReadAhead(reader, 1, new ReadAhead.Limits(1_000_000, 100, 2));
        ahead.get(0);
        ahead.close();
        ahead.close();
        assertEquals(0, reading.get());
        assertFails(IllegalStateException.class, () -> ahead.get(1), "closed");
    }

    @Test
    void impossibleLimitsAreRefused() {
        assertFails(IllegalArgumentException.class, () -> new ReadAhead.Limits(-1, 2, 1), "items", "-1");
        assertFails(IllegalArgumentException.class, () -> new ReadAhead.Limits(1, 1, 1), "slots");
        assertFails(IllegalArgumentException.class, () -> new ReadAhead.Limits(1, 2, 0), "threads");
    }
}
