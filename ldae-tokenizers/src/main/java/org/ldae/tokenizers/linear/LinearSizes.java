package org.ldae.tokenizers.linear;

import org.ldae.core.TokenGrid;

/** What the sizes of a linear tokenizer may be. */
final class LinearSizes {

    private LinearSizes() {}

    /** Checks a number of latents against a patch. */
    static void requireFits(String name, int dimension, TokenGrid grid) {
        if (dimension > grid.patchSize()) {
            throw new IllegalArgumentException(
                    "%s: expected 1 to P*P*C = %d, got %d for patch %d of [C, H, W] = %s; ask for fewer or use larger patches"
                            .formatted(name, grid.patchSize(), dimension, grid.patch(), grid.image()));
        }
    }

    static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + ": expected at least 1, got " + value);
        }
    }
}
