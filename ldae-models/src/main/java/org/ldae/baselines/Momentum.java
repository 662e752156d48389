package org.ldae.baselines;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ldae.compute.Kernels;
import org.ldae.compute.Tensor;
import org.ldae.core.TokenGrid;
import org.ldae.nn.Parameters;

/** A slow copy of encoder and projector, which makes the keys of MoCo v3 (Chen et al. 2021); nothing for other methods. */
final class Momentum implements AutoCloseable {

    private final double start;
    private final Optional<Parameters> slow;
    private final Kernels kernels;
    private final List<Pair> parts = new ArrayList<>();

    private record Pair(Tensor slow, Tensor fast) {}

    private Momentum(double start, Optional<Parameters> slow, Parameters fast, Kernels kernels) {
        this.start = start;
        this.slow = slow;
        this.kernels = kernels;
        slow.ifPresent(copy -> {
            for (Parameters.Part part : copy.parts()) {
                Pair pair = new Pair(part.of(copy.values()), part.of(fast.values()));
                kernels.copy(pair.fast, pair.slow);
                parts.add(pair);
            }
        });
    }

    /**
     * A copy as the method wants it.
     *
     * @param fast what it starts as and follows
     * @param kernels of the thread that trains
     */
    static Momentum of(Contrastive options, TokenGrid grid, Parameters fast, Kernels kernels) {
        double start = options.method().momentum();
        Optional<Parameters> slow = start == 0
                ? Optional.empty()
                : Optional.of(EmbeddingPass.slowLayout(options, grid).zeros());
        return new Momentum(start, slow, fast, kernels);
    }

    /** From the start value to 1 by half a cosine. */
    static double at(double start, double done) {
        return 1 - 0.5 * (1 + Math.cos(Math.PI * done)) * (1 - start);
    }

    Optional<Parameters> slow() {
        return slow;
    }

    /** Moves towards what it follows. */
    void follow(double done) {
        double kept = at(start, done);
        for (Pair part : parts) {
            kernels.scale(part.slow, (float) kept);
            kernels.addScaled((float) (1 - kept), part.fast, part.slow);
        }
    }

    @Override
    public void close() {
        slow.ifPresent(Parameters::close);
    }
}
