package org.ldae.inference;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * What to read of an encoder.
 *
 * <pre>{@code
 * Features.pooled()                                        // [N, M], as the paper
 * Features.pyramid(1, 2, 4).after(1, 2, 3, 4).mirrored()   // [N, 4 * 21 * M]
 * }</pre>
 *
 * @param blocks tokens after these blocks, from 1, side by side; empty for the encoder's last
 * @param pooling what becomes of the tokens
 * @param time t the network is told, in [0, 1]
 * @param noise seed of noise of that time's level on the input; empty for a clean input
 * @param ofMirrored whether features are averaged over an image and its mirror image
 */
public record Features(List<Integer> blocks, Pooling pooling, double time, OptionalLong noise, boolean ofMirrored) {

    /** t = 10 of 1000 (paper, section 3). */
    private static final double TIME = 0.01;

    /**
     * Checks the ranges.
     *
     * @param blocks tokens after these blocks, from 1, in ascending order; empty for the encoder's last
     * @param pooling what becomes of the tokens
     * @param time t the network is told, in [0, 1]
     * @param noise seed of noise of that time's level on the input; empty for a clean input
     * @param ofMirrored whether features are averaged over an image and its mirror image
     */
    public Features {
        blocks = List.copyOf(blocks);
        boolean ascending = true;
        int before = 0;
        for (int block : blocks) {
            ascending &= block > before;
            before = block;
        }
        if (!ascending || !(time >= 0 && time <= 1)) {
            throw new IllegalArgumentException(
                    "features: expected blocks from 1 in ascending order and a time in [0, 1], got %s, %s"
                            .formatted(blocks, time));
        }
    }

    /**
     * Any pooling of the tokens after the encoder's last block, at t = 10 of 1000.
     *
     * @param pooling what becomes of the tokens
     * @return the choice
     */
    public static Features of(Pooling pooling) {
        return new Features(List.of(), pooling, TIME, OptionalLong.empty(), false);
    }

    /**
     * The paper's choice: average of the tokens after the encoder's last block, at t = 10 of 1000 (section 3).
     *
     * @return the choice
     */
    public static Features pooled() {
        return of(Pooling.AVERAGE);
    }

    /**
     * The class token after the last block of an encoder that has one, as most ViTs trained with labels are read.
     *
     * @return the choice
     */
    public static Features classToken() {
        return of(Pooling.CLASS_TOKEN);
    }

    /**
     * All tokens after the encoder's last block, at t = 10 of 1000.
     *
     * @return the choice
     */
    public static Features tokens() {
        return of(Pooling.TOKENS);
    }

    /**
     * Averages of the cells of square grids after the encoder's last block, at t = 10 of 1000; see {@link Pooling#pyramid}.
     *
     * @param sides cells along a side of each grid, such as 1, 2, 4 for 1 + 4 + 16 cells
     * @return the choice
     */
    public static Features pyramid(int... sides) {
        return of(Pooling.pyramid(sides));
    }

    /**
     * The blocks to read.
     *
     * @param count blocks of the network
     * @param encoderBlocks of its encoder, whose last is read if none is named
     * @return in [1, count], ascending, at least one
     * @throws IllegalArgumentException if the network has no such block
     */
    public int[] blocksOf(int count, int encoderBlocks) {
        int[] named = blocks.isEmpty()
                ? new int[] {encoderBlocks}
                : blocks.stream().mapToInt(Integer::intValue).toArray();
        if (named[named.length - 1] > count) {
            throw new IllegalArgumentException(
                    "features: expected blocks from 1 to %d, got %d".formatted(count, named[named.length - 1]));
        }
        return named;
    }

    /**
     * Refuses noise where there is no schedule for it.
     *
     * @param encoder what it is, for the message
     * @throws IllegalArgumentException if noise is asked for
     */
    public void requireClean(String encoder) {
        if (noise.isPresent()) {
            throw new IllegalArgumentException(
                    "features: expected a clean input, got one with noise; there is no noise schedule in %s"
                            .formatted(encoder));
        }
    }

    /**
     * Other blocks. Features of several lie side by side.
     *
     * @param newBlocks from 1, in ascending order
     * @return a copy
     */
    public Features after(int... newBlocks) {
        return new Features(Arrays.stream(newBlocks).boxed().toList(), pooling, time, noise, ofMirrored);
    }

    /**
     * Another time.
     *
     * @param t in [0, 1]
     * @return a copy
     */
    public Features at(double t) {
        return new Features(blocks, pooling, t, noise, ofMirrored);
    }

    /**
     * A noisy input: latents are noised as in training at the time told (paper, section 5 and appendix).
     *
     * @param seed of the noise; an image's noise depends on its index too
     * @return a copy
     */
    public Features withNoise(long seed) {
        return new Features(blocks, pooling, time, OptionalLong.of(seed), ofMirrored);
    }

    /**
     * The average over an image and its mirror image, for twice the work.
     *
     * @return a copy
     */
    public Features mirrored() {
        return new Features(blocks, pooling, time, noise, true);
    }

    /**
     * A name for files and tables, in ASCII: pooling, and what differs from {@link #pooled}.
     *
     * @return such as "averaged" or "pyramid-1-2-4.blocks-1-2.t-0.5.noisy.mirrored"
     */
    public String name() {
        String read = blocks.isEmpty()
                ? ""
                : blocks.stream()
                        .map(String::valueOf)
                        .collect(Collectors.joining("-", blocks.size() == 1 ? ".block-" : ".blocks-", ""));
        return pooling.name()
                + read
                + (time == TIME ? "" : String.format(Locale.ROOT, ".t-%s", time))
                + (noise.isPresent() ? ".noisy" : "")
                + (ofMirrored ? ".mirrored" : "");
    }
}
