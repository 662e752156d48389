package org.ldae.models;

import org.ldae.compute.Tensor;
import org.ldae.core.Rng;
import org.ldae.core.TokenGrid;
import org.ldae.nn.Denoiser;
import org.ldae.nn.Workspace;

/** Which tokens of n images a network is given where others are dropped, and what that makes of its input and loss. */
final class VisibleTokens {

    private final Dropping dropping;
    private final TokenGrid grid;
    private final Workspace work;
    private final Tensor all;
    private final Denoiser.Pass net;
    private final int[] rows;

    VisibleTokens(Dropping dropping, TokenGrid grid, Workspace work, Denoiser.Pass net) {
        this.dropping = dropping;
        this.grid = grid;
        this.work = work;
        this.net = net;
        this.rows = new int[net.places().length];
        int images = rows.length / dropping.visible(grid);
        this.all = work.allocate(images * grid.tokens(), net.input().columns());
    }

    /** Draws which tokens of an image are visible. */
    void draw(Rng rng, int image) {
        dropping.draw(rng, grid, net.places(), image * dropping.visible(grid));
    }

    /** Where all tokens are written before {@link #enter}, {@code [n L, inputs]}. */
    Tensor all() {
        return all;
    }

    /** Gives the network those that are visible. */
    void enter() {
        int seen = dropping.visible(grid);
        for (int i = 0; i < rows.length; i++) {
            rows[i] = i / seen * grid.tokens() + net.places()[i];
        }
        work.kernels().gatherRows(all, rows, net.input());
    }

    /** Spreads an image's weight over the errors of its tokens. */
    void weigh(float[] weights, int image, float weight) {
        int tokens = grid.tokens();
        dropping.weigh(grid, net.places(), image * dropping.visible(grid), weights, image * tokens);
        for (int i = image * tokens; i < (image + 1) * tokens; i++) {
            weights[i] *= weight;
        }
    }
}
