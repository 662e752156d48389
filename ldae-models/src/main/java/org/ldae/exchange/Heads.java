package org.ldae.exchange;

import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;
import org.ldae.checkpoint.CheckpointException;

/** Attention heads of the published sizes, which no tensor tells. */
final class Heads {

    /** Tiny, small, base, DiT-XL, large and huge (Dosovitskiy et al. 2021; Touvron et al. 2021; Peebles and Xie 2023). */
    private static final Map<Integer, Integer> BY_WIDTH = Map.of(192, 3, 384, 6, 768, 12, 1152, 16, 1024, 16, 1280, 16);

    private Heads() {}

    static int of(OptionalInt given, int width, Path file) throws CheckpointException {
        if (given.isPresent()) {
            return given.getAsInt();
        }
        Integer published = BY_WIDTH.get(width);
        if (published == null) {
            throw new CheckpointException(
                    file,
                    "heads: expected the width of a published size %s, got %d; no tensor tells them, use withHeads"
                            .formatted(BY_WIDTH.keySet(), width));
        }
        return published;
    }
}
