package org.ldae.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.ldae.core.Rng;

class BatchesTest {

    private final Batches batches = new Batches(11, 3, Rng.of(5));

    @Test
    void anEpochShowsNoImageTwice() {
        assertEquals(3, batches.perEpoch());
        for (int epoch = 0; epoch < 4; epoch++) {
            Set<Integer> seen = new TreeSet<>();
            for (int i = 0; i < 3; i++) {
                Arrays.stream(batches.at(3 * epoch + i)).forEach(seen::add);
            }
            assertEquals(9, seen.size());
            assertTrue(seen.stream().allMatch(i -> i >= 0 && i < 11));
        }
    }

    @Test
    void aBatchIsAFunctionOfKeyAndStep() {
        int[] late = batches.at(7);
        assertArrayEquals(new Batches(11, 3, Rng.of(5)).at(7), late);
        assertArrayEquals(batches.at(1), new Batches(11, 3, Rng.of(5)).at(1));
        assertFalse(Arrays.equals(batches.at(0), batches.at(3)), "epochs differ");
        assertFalse(Arrays.equals(late, new Batches(11, 3, Rng.of(6)).at(7)), "keys differ");
    }

    @Test
    void tooFewImagesAreRefused() {
        String message = String.valueOf(assertThrows(IllegalArgumentException.class, () -> new Batches(2, 3, Rng.of(5)))
                .getMessage());
        assertTrue(message.contains("3") && message.contains("got 2"), message);
        assertThrows(IllegalArgumentException.class, () -> new Batches(2, 0, Rng.of(5)));
    }
}
