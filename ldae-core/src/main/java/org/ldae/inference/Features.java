package org.ldae.inference;

import java.util.OptionalLong;

/**
 * What to read of an encoder.
 *
 * @param block tokens after this block, from 1; 0 stands for the encoder's last
 * @param pooling what becomes of the tokens
 * @param time t the network is told, in [0, 1]
 * @param noise seed of noise of that time's level on the input; empty for a clean input
 */
public record Features(int block, Pooling pooling, double time, OptionalLong noise) {

    /** What becomes of an image's tokens. */
    public enum Pooling {
        /** Their average, {@code [N, M]}, as the paper probes. */
        AVERAGE,
        /** All of them as one vector, {@code [N, L * M]}. */
        TOKENS
    }

    /**
     * Checks the ranges.
     *
     * @param block tokens after this block, from 1; 0 stands for the encoder's last
     * @param pooling what becomes of the tokens
     * @param time t the network is told, in [0, 1]
     * @param noise seed of noise of that time's level on the input; empty for a clean input
     */
    public Features {
        if (block < 0 || !(time >= 0 && time <= 1)) {
            throw new IllegalArgumentException(
                    "features: expected a block >= 0 and a time in [0, 1], got %d, %s".formatted(block, time));
        }
    }

    /**
     * The paper's choice: average of the tokens after the encoder's last block, at t = 10 of 1000 (section 3).
     *
     * @return the choice
     */
    public static Features pooled() {
        return new Features(0, Pooling.AVERAGE, 0.01, OptionalLong.empty());
    }

    /**
     * All tokens after the encoder's last block, at t = 10 of 1000.
     *
     * @return the choice
     */
    public static Features tokens() {
        return new Features(0, Pooling.TOKENS, 0.01, OptionalLong.empty());
    }

    /**
     * The block to read.
     *
     * @param blocks of the network
     * @param encoderBlocks of its encoder, whose last is read if none is named
     * @return in [1, blocks]
     * @throws IllegalArgumentException if the network has no such block
     */
    public int blockOf(int blocks, int encoderBlocks) {
        if (block > blocks) {
            throw new IllegalArgumentException(
                    "features: expected a block from 1 to %d, got %d".formatted(blocks, block));
        }
        return block == 0 ? encoderBlocks : block;
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
     * Another block.
     *
     * @param newBlock from 1
     * @return a copy
     */
    public Features after(int newBlock) {
        return new Features(newBlock, pooling, time, noise);
    }

    /**
     * Another time.
     *
     * @param t in [0, 1]
     * @return a copy
     */
    public Features at(double t) {
        return new Features(block, pooling, t, noise);
    }

    /**
     * A noisy input: latents are noised as in training at the time told (paper, section 5 and appendix).
     *
     * @param seed of the noise; an image's noise depends on its index too
     * @return a copy
     */
    public Features withNoise(long seed) {
        return new Features(block, pooling, time, OptionalLong.of(seed));
    }
}
