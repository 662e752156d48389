package org.ldae.inference;

import java.util.Objects;
import org.ldae.core.ImageShape;
import org.ldae.core.Shapes;
import org.ldae.core.TokenGrid;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Cuts images {@code [N, C, H, W]} into patches {@code [N, L, P*P*C]} and puts them together again, exactly.
 *
 * <p>Tokens are row-major over the image; inside a patch the order is row p, column q, channel c, as in MAE and DiT.
 * Immutable and safe to share between threads.
 */
public final class Patches {

    private final TokenGrid grid;
    /** Where each token's first pixel lies in channel 0, {@code [L]}. */
    private final int[] origins;
    /** How far each number of a patch lies from the patch's first pixel, {@code [P*P*C]}. */
    private final int[] steps;

    private Patches(TokenGrid grid) {
        this.grid = grid;
        this.origins = origins(grid);
        this.steps = steps(grid);
    }

    /**
     * Patches on a grid.
     *
     * @param grid image shape and patch side
     * @return the two-way mapping
     */
    public static Patches of(TokenGrid grid) {
        return new Patches(grid);
    }

    /**
     * The grid of tokens.
     *
     * @return image shape and patch side
     */
    public TokenGrid grid() {
        return grid;
    }

    /**
     * Cuts images into patches.
     *
     * @param images {@code [N, C, H, W]} float32, N at least 1; views are fine
     * @return a new array {@code [N, L, P*P*C]}
     * @throws IllegalArgumentException if the shape differs from the grid's
     */
    public INDArray patchify(INDArray images) {
        requireImages(grid, images);
        return eachImage(images, new long[] {grid.tokens(), grid.patchSize()}, this::gather);
    }

    /**
     * Puts patches together: the inverse of {@link #patchify}.
     *
     * @param patches {@code [N, L, P*P*C]} float32, N at least 1; views are fine
     * @return a new array {@code [N, C, H, W]}
     * @throws IllegalArgumentException if the shape differs from the grid's
     */
    public INDArray unpatchify(INDArray patches) {
        Shapes.require("patches", patches, "N L P*P*C", Shapes.ANY, grid.tokens(), grid.patchSize());
        return eachImage(patches, imageAxes(grid), this::scatter);
    }

    /** Another order of an image's numbers. */
    private interface Order {
        void copy(float[] from, int fromOffset, float[] to, int toOffset);
    }

    private INDArray eachImage(INDArray images, long[] axes, Order order) {
        return Inference.withoutWeights(Inference.itemsAtOnce(imageSize()))
                .map(Items.of(images), axes, (work, n) -> (in, out, first) -> {
                    for (int from = 0; from < in.length; from += imageSize()) {
                        order.copy(in, from, out, from);
                    }
                });
    }

    /**
     * Cuts one image into patches, without allocation.
     *
     * @param image holds the image {@code [C, H, W]}
     * @param imageOffset index of its first number
     * @param patches receives the patches {@code [L, P*P*C]}; must not be the same array
     * @param patchOffset index of their first number
     * @throws IndexOutOfBoundsException if either array is too short
     */
    public void gather(float[] image, int imageOffset, float[] patches, int patchOffset) {
        Objects.checkFromIndexSize(imageOffset, imageSize(), image.length);
        Objects.checkFromIndexSize(patchOffset, imageSize(), patches.length);
        int to = patchOffset;
        for (int origin : origins) {
            int from = imageOffset + origin;
            for (int step : steps) {
                patches[to++] = image[from + step];
            }
        }
    }

    /**
     * Puts the patches of one image together, without allocation: the inverse of {@link #gather}.
     *
     * @param patches holds the patches {@code [L, P*P*C]}
     * @param patchOffset index of their first number
     * @param image receives the image {@code [C, H, W]}; must not be the same array
     * @param imageOffset index of its first number
     * @throws IndexOutOfBoundsException if either array is too short
     */
    public void scatter(float[] patches, int patchOffset, float[] image, int imageOffset) {
        Objects.checkFromIndexSize(patchOffset, imageSize(), patches.length);
        Objects.checkFromIndexSize(imageOffset, imageSize(), image.length);
        int from = patchOffset;
        for (int origin : origins) {
            int to = imageOffset + origin;
            for (int step : steps) {
                image[to + step] = patches[from++];
            }
        }
    }

    /**
     * Patches of the mirror images: columns of pixels in the other order.
     *
     * @param patches {@code [n, L, P*P*C]}
     * @param mirrored receives as many; must not be the same array
     */
    void mirror(float[] patches, float[] mirrored) {
        int channels = grid.image().channels();
        int patch = grid.patch();
        int rowOfPatch = patch * channels;
        for (int from = 0; from < patches.length; from += channels) {
            int q = from % rowOfPatch / channels;
            int token = from / steps.length;
            int column = token % grid.columns();
            int mirroredToken = token - column + grid.columns() - 1 - column;
            int to = mirroredToken * steps.length + from % steps.length + (patch - 1 - 2 * q) * channels;
            System.arraycopy(patches, from, mirrored, to, channels);
        }
    }

    /**
     * Checks that images fit a grid.
     *
     * @param grid tokens of an image
     * @param images {@code [N, C, H, W]} float32
     * @throws IllegalArgumentException if the shape differs
     */
    public static void requireImages(TokenGrid grid, INDArray images) {
        ImageShape shape = grid.image();
        Shapes.require("images", images, "N C H W", Shapes.ANY, shape.channels(), shape.height(), shape.width());
    }

    /**
     * Axes of one image.
     *
     * @param grid tokens of an image
     * @return C, H, W
     */
    public static long[] imageAxes(TokenGrid grid) {
        ImageShape shape = grid.image();
        return new long[] {shape.channels(), shape.height(), shape.width()};
    }

    private int imageSize() {
        return origins.length * steps.length;
    }

    private static int[] origins(TokenGrid grid) {
        int[] origins = new int[grid.tokens()];
        for (int token = 0; token < origins.length; token++) {
            int row = token / grid.columns();
            int column = token % grid.columns();
            origins[token] = (row * grid.image().width() + column) * grid.patch();
        }
        return origins;
    }

    private static int[] steps(TokenGrid grid) {
        ImageShape image = grid.image();
        int[] steps = new int[grid.patchSize()];
        int k = 0;
        for (int p = 0; p < grid.patch(); p++) {
            for (int q = 0; q < grid.patch(); q++) {
                for (int c = 0; c < image.channels(); c++) {
                    steps[k++] = (c * image.height() + p) * image.width() + q;
                }
            }
        }
        return steps;
    }
}
