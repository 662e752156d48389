package org.ldae.front;

import org.ldae.compute.ConvolutionShape;
import org.ldae.compute.MapShape;
import org.ldae.compute.Window;
import org.ldae.core.ImageShape;
import org.ldae.core.Rng;
import org.ldae.core.TokenGrid;
import org.ldae.data.ImageSource;
import org.ldae.nn.Denoiser;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;
import org.ldae.training.StartsFromImages;

/**
 * A network behind overlapping windows of the noised image, projected on their whitened principal components and split by sign:
 * the one change that speeds up small convolutional networks most (Jordan 2024), and the first layer of patch dictionaries
 * (Coates and Ng 2011). The components are those of the training images and stay; a token of the network is what all windows of
 * its patch give.
 *
 * <pre>{@code
 * Recipe recipe = Recipe.singleLevel(PatchPCA.patch(4).components(24))
 *         .withDenoiser(WhitenedFront.of(VisionTransformer.tiny()));
 * }</pre>
 *
 * <p>Needs the image as input, not its latents, and all tokens, since windows reach into the neighbouring ones.
 *
 * @param net the network behind it
 * @param components of a window, K; a window gives 2 K numbers
 * @param side of a window in pixels; less the stride it is even, so that windows lie centred on their part of the patch
 * @param stride from one window to the next in pixels, at most the side; divides the patch
 * @param floor added to the components' variances before they are divided by their root, as a share of a pixel's variance
 */
public record WhitenedFront(Denoiser net, int components, int side, int stride, double floor)
        implements Denoiser, StartsFromImages {

    static final String FILTERS = "front.filters";
    static final String OFFSETS = "front.offsets";

    /** As many as a window of 6 x 6 pixels in three channels needs for nearly all of its variance. */
    private static final int COMPONENTS = 64;

    /** Coates and Ng 2011. */
    private static final int SIDE = 6;

    /** Coates and Ng 2011, for patches whose pixels have variance 1. */
    private static final double FLOOR = 0.1;

    /**
     * Checks the sizes.
     *
     * @param net the network behind it
     * @param components at least 1
     * @param side at least the stride, and even less the stride
     * @param stride at least 1
     * @param floor at least 0
     */
    public WhitenedFront {
        if (components < 1 || stride < 1 || side < stride || (side - stride) % 2 != 0) {
            throw new IllegalArgumentException(
                    "front: expected at least 1 component, and a side that is the stride or even more than it, got %d, %d and %d"
                            .formatted(components, side, stride));
        }
        if (!(floor >= 0 && floor < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("front: expected a floor of at least 0, got " + floor);
        }
    }

    /**
     * Windows of 6 x 6 pixels two pixels apart, 64 components.
     *
     * @param net the network behind it
     * @return the network with its front
     */
    public static WhitenedFront of(Denoiser net) {
        return new WhitenedFront(net, COMPONENTS, SIDE, 2, FLOOR);
    }

    /**
     * Sets the number of components.
     *
     * @param count K, at least 1 and at most the numbers in a window
     * @return a copy
     */
    public WhitenedFront withComponents(int count) {
        return new WhitenedFront(net, count, side, stride, floor);
    }

    /**
     * Sets the windows.
     *
     * @param pixels side of a window
     * @param apart pixels from one to the next; divides the patch
     * @return a copy
     */
    public WhitenedFront withWindows(int pixels, int apart) {
        return new WhitenedFront(net, components, pixels, apart, floor);
    }

    /**
     * Sets the floor.
     *
     * @param share of a pixel's variance, at least 0
     * @return a copy
     */
    public WhitenedFront withFloor(double share) {
        return new WhitenedFront(net, components, side, stride, share);
    }

    /** The windows as a convolution over an image's pixels. */
    ConvolutionShape windows(TokenGrid grid) {
        ImageShape image = grid.image();
        int patch = grid.patch();
        int size = side * side * image.channels();
        if (patch % stride != 0 || components > size) {
            throw new IllegalArgumentException(
                    "front: expected a stride that divides the patch of %d pixels and at most %d components, got %d and %d; use withWindows or withComponents"
                            .formatted(patch, size, stride, components));
        }
        int around = (side - stride) / 2;
        return new ConvolutionShape(
                new MapShape(image.height(), image.width(), image.channels()),
                new Window(side, stride, around, around),
                components);
    }

    /** What the network behind it reads. */
    Signature behind(Signature signature) {
        TokenGrid grid = signature.grid();
        if (signature.inputs() != grid.patchSize() || signature.visible() != grid.tokens()) {
            throw new IllegalArgumentException(
                    "front: expected all %d tokens of an image, patches of %d numbers, got %d of %d; use withInput(Space.IMAGE) and Dropping.none()"
                            .formatted(grid.tokens(), grid.patchSize(), signature.visible(), signature.inputs()));
        }
        int windows = windows(grid).output().pixels() / grid.tokens();
        return new Signature(
                grid,
                2 * components * windows,
                signature.outputs(),
                signature.timed(),
                signature.classes(),
                signature.visible());
    }

    @Override
    public Parameters.Layout layout(Signature signature) {
        Parameters.Layout layout = net.layout(behind(signature));
        layout.add(FILTERS, components, windows(signature.grid()).patch(), Parameters.Init.ZEROS);
        layout.add(OFFSETS, 1, components, Parameters.Init.ZEROS);
        return layout;
    }

    @Override
    public Pass pass(Workspace work, Signature signature, int images) {
        return new FrontPass(this, work, signature, images);
    }

    @Override
    public void start(Parameters parameters, ImageSource images, Rng rng) {
        WindowComponents found = WindowComponents.of(images, this, rng);
        parameters.view(parameters.values(), FILTERS).put(found.filters());
        parameters.view(parameters.values(), OFFSETS).put(found.offsets());
        net.as(StartsFromImages.class).ifPresent(behind -> behind.start(parameters, images, rng));
    }

    @Override
    public boolean keeps(String parameter) {
        return parameter.equals(FILTERS)
                || parameter.equals(OFFSETS)
                || net.as(StartsFromImages.class)
                        .filter(behind -> behind.keeps(parameter))
                        .isPresent();
    }

    @Override
    public int blocks() {
        return net.blocks();
    }

    @Override
    public int encoderBlocks() {
        return net.encoderBlocks();
    }

    @Override
    public int width(int block) {
        return net.width(block);
    }

    @Override
    public boolean takesTime() {
        return net.takesTime();
    }

    @Override
    public boolean takesLabels() {
        return net.takesLabels();
    }
}
