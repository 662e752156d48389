package org.ldae.data.decoding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.ldae.data.Failures.assertFails;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class MemoryAtHandTest {

    @Test
    void whatOthersTookForAMomentIsTriedAgain() throws IOException {
        AtomicInteger tries = new AtomicInteger();
        assertEquals(7, MemoryAtHand.during("a.png", () -> {
            if (tries.incrementAndGet() == 1) {
                throw new OutOfMemoryError("for a moment");
            }
            return 7;
        }));
        assertEquals(2, tries.get());
    }

    @Test
    void whatIsNotThereIsAnErrorOfThatPicture() {
        MemoryAtHand.Work<Integer> hungry = () -> {
            throw new OutOfMemoryError("always");
        };
        assertFails(IOException.class, () -> MemoryAtHand.during("a.png", hungry), "a.png: ", "memory", "-Xmx");
    }

    @Test
    void heapsAreComparedWithPixels() {
        assertFalse(MemoryAtHand.isTooLittleFor(1000));
        assertTrue(MemoryAtHand.isTooLittleFor(Runtime.getRuntime().maxMemory() / 7.0));
    }
}
