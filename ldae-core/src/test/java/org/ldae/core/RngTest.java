package org.ldae.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RngTest {

    /** SplitMix64, FNV-1a and xoshiro256++ as published, worked out by a separate script. */
    private static final long FIRST_LONG = -7948500510837472158L;

    private static float[] normals(Rng key, int count) {
        float[] numbers = new float[count];
        key.normals(numbers, 0, count);
        return numbers;
    }

    @Test
    void theSameKeyGivesTheSameNumbers() {
        assertArrayEquals(
                normals(Rng.of(42).stream("noise").at(3), 100),
                normals(Rng.of(42).stream("noise").at(3), 100));
        Rng key = Rng.of(42);
        assertArrayEquals(normals(key, 100), normals(key, 100));
    }

    @Test
    void numbersDoNotDependOnWhatWasDrawnBefore() {
        Rng root = Rng.of(42);
        float[] alone = normals(root.stream("noise").at(7), 10);
        root.generator().nextLong();
        root.stream("noise").at(6).permutation(100);
        root.stream("noise").generator().nextLong();
        assertArrayEquals(alone, normals(root.stream("noise").at(7), 10));
    }

    @Test
    void numbersAreTheSameInEveryReleaseSoThatRunsCanBeRepeated() {
        assertEquals(FIRST_LONG, Rng.of(42).stream("noise").at(1).generator().nextLong());
    }

    @Test
    void seedsStreamsAndIndicesAllDiffer() {
        Set<Long> first = new HashSet<>();
        int keys = 0;
        for (long seed = -5; seed < 5; seed++) {
            for (String name : new String[] {"", "a", "b", "ab", "ba", "noise", "shuffle"}) {
                Rng stream = Rng.of(seed).stream(name);
                first.add(stream.generator().nextLong());
                keys++;
                for (long index = -3; index < 30; index++) {
                    first.add(stream.at(index).generator().nextLong());
                    keys++;
                }
            }
        }
        assertEquals(keys, first.size());
    }

    @Test
    void theOrderOfStreamsAndIndicesMatters() {
        Rng root = Rng.of(1);
        assertFalse(
                Arrays.equals(normals(root.at(1).at(2), 4), normals(root.at(2).at(1), 4)));
        assertFalse(Arrays.equals(normals(root.stream("a").stream("b"), 4), normals(root.stream("b").stream("a"), 4)));
        assertFalse(Arrays.equals(normals(root.stream("ab"), 4), normals(root.stream("a").stream("b"), 4)));
    }

    @Test
    void neighbouringKeysAreUncorrelated() {
        int n = 20_000;
        double product = 0;
        for (int i = 0; i < n; i++) {
            product +=
                    (double) normals(Rng.of(9).at(i), 1)[0] * normals(Rng.of(9).at(i + 1), 1)[0];
        }
        assertEquals(0, product / n, 4 / Math.sqrt(n));
    }

    @Test
    void normalsHaveTheMomentsOfANormalAndItsTails() {
        int n = 1_000_000;
        double[] moments = new double[5];
        double largest = 0;
        for (float x : normals(Rng.of(3), n)) {
            double power = 1;
            for (int k = 1; k <= 4; k++) {
                power *= x;
                moments[k] += power / n;
            }
            largest = Math.max(largest, Math.abs(x));
        }
        assertEquals(0, moments[1], 0.004);
        assertEquals(1, moments[2], 0.006);
        assertEquals(0, moments[3], 0.016);
        assertEquals(3, moments[4], 0.04);
        assertTrue(largest > 4.4 && largest < 7, "largest " + largest);
    }

    @Test
    void normalsFillTheirRangeOnly() {
        float[] numbers = new float[5];
        Rng.of(1).normals(numbers, 1, 4);
        assertEquals(0, numbers[0]);
        assertEquals(0, numbers[4]);
        assertTrue(numbers[1] != 0 && numbers[2] != 0 && numbers[3] != 0);
        assertArrayEquals(normals(Rng.of(1), 3), Arrays.copyOfRange(numbers, 1, 4));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 1000})
    void aPermutationHasEachIndexOnce(int n) {
        int[] order = Rng.of(8).permutation(n);
        int[] sorted = order.clone();
        Arrays.sort(sorted);
        assertArrayEquals(IntStream.range(0, n).toArray(), sorted);
    }

    @Test
    void permutationsAreUniform() {
        int[] counts = new int[6];
        int draws = 12_000;
        for (int i = 0; i < draws; i++) {
            int[] order = Rng.of(8).at(i).permutation(3);
            counts[2 * order[0] + (order[1] < order[2] ? 0 : 1)]++;
        }
        double expected = draws / 6.0;
        double chiSquared = 0;
        for (int count : counts) {
            chiSquared += (count - expected) * (count - expected) / expected;
        }
        assertTrue(chiSquared < 20.5, "chi squared with 5 degrees of freedom: " + chiSquared);
    }

    @Test
    void descendantsRememberTheSeed() {
        assertEquals(17, Rng.of(17).stream("a").at(4).seed());
    }
}
