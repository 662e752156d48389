package org.ldae.front;

import java.util.Arrays;
import org.ldae.compute.Activation;
import org.ldae.compute.ConvolutionShape;
import org.ldae.compute.Kernels;
import org.ldae.compute.MapShape;
import org.ldae.compute.Tensor;
import org.ldae.core.TokenGrid;
import org.ldae.nn.Denoiser;
import org.ldae.nn.Workspace;

/** A {@link WhitenedFront} and the network behind it over n images; belongs to one thread. */
final class FrontPass implements Denoiser.Pass {

    private final Kernels kernels;
    private final ConvolutionShape windows;
    private final Tensor filters; // [K, S S C]
    private final Tensor offsets; // [1, K]
    private final Denoiser.Pass behind;
    private final Tensor input; // [n L, P P C]
    private final Tensor pixels; // [n H W, C]
    private final Tensor projected; // [n W, K] for W windows an image
    private final Tensor ordered; // the same, windows of a token beside each other
    private final Tensor signed;
    /** For each pixel of the maps the row of its numbers among the tokens'; for each window of the tokens its row. */
    private final int[] places;

    private final int[] order;
    private final Tensor above;
    private final Tensor below;

    FrontPass(WhitenedFront front, Workspace work, Denoiser.Signature signature, int images) {
        TokenGrid grid = signature.grid();
        this.kernels = work.kernels();
        this.windows = front.windows(grid);
        this.filters = work.value(WhitenedFront.FILTERS);
        this.offsets = work.value(WhitenedFront.OFFSETS);
        this.behind = front.net().pass(work, front.behind(signature), images);
        MapShape image = windows.input();
        MapShape places = windows.output();
        int rows = images * places.pixels();
        this.input = work.allocate(images * grid.tokens(), signature.inputs());
        this.pixels = work.allocate(images * image.pixels(), image.channels());
        this.projected = work.allocate(rows, front.components());
        this.ordered = work.allocate(rows, front.components());
        this.signed = work.allocate(rows, front.components());
        this.places = fromTokens(images, image, grid.patch());
        this.order = new int[rows];
        int[] there = fromTokens(images, places, grid.patch() / front.stride());
        for (int i = 0; i < rows; i++) {
            order[there[i]] = i;
        }
        Tensor tokens = behind.input().slice(0, rows, 2 * front.components());
        this.above = tokens.columns(0, front.components());
        this.below = tokens.columns(front.components(), front.components());
    }

    /** For each place of n maps, row by row, its number if squares of a side follow each other. */
    private static int[] fromTokens(int images, MapShape map, int side) {
        int[] rows = new int[images * map.pixels()];
        int columns = map.width() / side;
        Arrays.setAll(rows, i -> {
            int y = i / map.width() % map.height();
            int x = i % map.width();
            int square = i / map.pixels() * (map.pixels() / (side * side)) + y / side * columns + x / side;
            return (square * side + y % side) * side + x % side;
        });
        return rows;
    }

    @Override
    public Tensor input() {
        return input;
    }

    @Override
    public Tensor forward(Denoiser.Conditions conditions) {
        look();
        return behind.forward(conditions);
    }

    @Override
    public Tensor features(Denoiser.Conditions conditions, int block) {
        look();
        return behind.features(conditions, block);
    }

    @Override
    public Tensor earlier(Denoiser.Conditions conditions, int block) {
        return behind.earlier(conditions, block);
    }

    private void look() {
        kernels.gatherRows(input.slice(0, pixels.rows(), pixels.columns()), places, pixels);
        kernels.tile(offsets, projected);
        kernels.images().convolve(windows, pixels, filters, 1, projected);
        kernels.gatherRows(projected, order, ordered);
        kernels.activate(Activation.RELU, ordered, signed);
        kernels.copy(signed, above);
        kernels.scale(ordered, -1);
        kernels.activate(Activation.RELU, ordered, signed);
        kernels.copy(signed, below);
    }

    @Override
    public void backward(Tensor dPrediction) {
        behind.backward(dPrediction);
    }
}
