package org.ldae.nn.conv;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.ldae.compute.MapShape;
import org.ldae.compute.Tensor;

/**
 * Channel maps of n images between two layers, and where their gradient goes. A {@link MapMemory} makes them.
 *
 * @param shape sides of one image's maps
 * @param values {@code [n H W, C]}
 * @param slope gradient of the loss by the values, the same shape; null if no one needs it or nothing is learnt
 * @param place which of the memory's three places they share
 */
public record Maps(MapShape shape, Tensor values, @Nullable Tensor slope, int place) {

    /**
     * The gradient of maps that have one.
     *
     * @return {@code [n H W, C]}, valid while the neighbouring layers run backward
     * @throws NullPointerException if these maps have none
     */
    public Tensor gradient() {
        return Objects.requireNonNull(slope, "maps without a gradient");
    }
}
