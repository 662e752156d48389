package org.ldae.core;

import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.distribution.ZigguratSampler;
import org.apache.commons.rng.simple.RandomSource;

/**
 * An immutable key to random numbers: a function of seed, stream names and indices, never of what was drawn before.
 *
 * <p>{@code Rng.of(42).stream("noise").at(step).at(image)} gives the same numbers whatever ran earlier and on whichever
 * thread, so that training resumes without generator state and streams can't interfere.
 */
public final class Rng {

    private final long seed;
    private final long key;

    private Rng(long seed, long key) {
        this.seed = seed;
        this.key = key;
    }

    /**
     * The root key of a run.
     *
     * @param seed the run's seed
     * @return its key
     */
    public static Rng of(long seed) {
        return new Rng(seed, mix(seed));
    }

    /**
     * The seed this key descends from.
     *
     * @return the seed given to {@link #of}
     */
    public long seed() {
        return seed;
    }

    /**
     * The key of a named stream below this one.
     *
     * @param name such as {@code "noise"} or {@code "shuffle"}
     * @return another key
     */
    public Rng stream(String name) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < name.length(); i++) {
            hash = (hash ^ name.charAt(i)) * 0x100000001b3L;
        }
        return new Rng(seed, mix(key ^ mix(hash)));
    }

    /**
     * The key of an index below this one.
     *
     * @param index such as a step, an epoch or the position of an image in its batch
     * @return another key
     */
    public Rng at(long index) {
        return new Rng(seed, mix(key + 0x9e3779b97f4a7c15L * (index + 1)));
    }

    /**
     * A generator started from this key.
     *
     * @return a new generator, not safe to share between threads
     */
    public UniformRandomProvider generator() {
        return RandomSource.XO_SHI_RO_256_PP.create(
                new long[] {mix(key + 1), mix(key + 2), mix(key + 3), mix(key + 4)});
    }

    /**
     * Fills a range with standard normal numbers.
     *
     * @param destination where they go
     * @param from first index
     * @param to one past the last index
     */
    public void normals(float[] destination, int from, int to) {
        ZigguratSampler.NormalizedGaussian sampler = ZigguratSampler.NormalizedGaussian.of(generator());
        for (int i = from; i < to; i++) {
            destination[i] = (float) sampler.sample();
        }
    }

    /**
     * A random order of {@code 0 .. n-1} (Fisher-Yates).
     *
     * @param n how many
     * @return each index once
     */
    public int[] permutation(int n) {
        UniformRandomProvider generator = generator();
        int[] order = new int[n];
        for (int i = 0; i < n; i++) {
            int j = generator.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    /** Finaliser of SplitMix64 (Steele, Lea, Flood 2014). */
    private static long mix(long value) {
        long z = value + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    @Override
    public String toString() {
        return "Rng[seed %s, key %s]".formatted(seed, Long.toHexString(key));
    }
}
