package org.ldae.nn.conv;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.ldae.compute.MapShape;
import org.ldae.compute.Tensor;
import org.ldae.nn.ConditionEmbedding;
import org.ldae.nn.Workspace;

/**
 * Where a chain of layers keeps the maps of n images.
 *
 * <p>What lives only from one layer to the next lies at one of three places, each as large as the largest maps: a layer
 * reads one, writes another, and the third holds what a residual has to keep. Gradients always live like that. Values do
 * in a pass that is never run backward; otherwise each layer's have memory of their own until the backward pass.
 */
public final class MapMemory {

    private static final int PLACES = 3;

    /** Numbers in the largest maps of a pass, 2 MB: few enough that a layer finds in a cache what the last one wrote, and
     * enough for the products of small maps. */
    private static final int NUMBERS_A_PASS = 1 << 19;

    private static final int NONE = -1;

    private final Workspace work;
    private final int images;
    private final boolean backward;
    private final List<Tensor> places;
    private final int kept;
    private final @Nullable ConditionEmbedding told;

    private MapMemory(Workspace work, int images, boolean backward, List<Tensor> places) {
        this.work = work;
        this.images = images;
        this.backward = backward;
        this.places = places;
        this.kept = NONE;
        this.told = null;
    }

    private MapMemory(MapMemory like, int kept, @Nullable ConditionEmbedding told) {
        this.work = like.work;
        this.images = like.images;
        this.backward = like.backward;
        this.places = like.places;
        this.kept = kept;
        this.told = told;
    }

    /**
     * Memory for passes that run forward and backward.
     *
     * @param work workspace the memory belongs to
     * @param images n, at least 1
     * @param nets what will run in it
     * @return the memory
     */
    public static MapMemory training(Workspace work, int images, ConvNet... nets) {
        return new MapMemory(work, images, true, places(work, images, nets));
    }

    /**
     * Memory for passes that only run forward.
     *
     * @param work workspace the memory belongs to
     * @param images n, at least 1
     * @param nets what will run in it
     * @return the memory
     */
    public static MapMemory inference(Workspace work, int images, ConvNet... nets) {
        return new MapMemory(work, images, false, places(work, images, nets));
    }

    /**
     * How many images a pass over some nets should take: as many as fill the caches.
     *
     * @param nets what will run in the pass
     * @return at least 1
     */
    public static int imagesAtOnce(ConvNet... nets) {
        return Math.max(1, NUMBERS_A_PASS / largest(nets));
    }

    private static int largest(ConvNet... nets) {
        return Arrays.stream(nets).mapToInt(ConvNet::largest).max().orElse(1);
    }

    private static List<Tensor> places(Workspace work, int images, ConvNet... nets) {
        int largest = largest(nets);
        List<Tensor> places = new ArrayList<>();
        for (int i = 0; i < PLACES; i++) {
            places.add(work.allocate(images, largest));
        }
        return places;
    }

    /**
     * Maps that the caller fills and whose gradient no one asks for, as images in training.
     *
     * @param shape sides of one image's maps
     * @return input for a net
     */
    public Maps input(MapShape shape) {
        return new Maps(shape, values(shape, 0), null, 0);
    }

    /**
     * Maps that the caller fills and whose gradient a backward pass leaves.
     *
     * @param shape sides of one image's maps
     * @return input for a net
     */
    public Maps differentiableInput(MapShape shape) {
        return new Maps(shape, values(shape, 0), slope(shape, 0), 0);
    }

    /**
     * Maps whose values and gradient leave those of x alone.
     *
     * @param x maps
     * @param shape sides of the new maps
     * @return maps at another place
     */
    public Maps next(Maps x, MapShape shape) {
        int place = (x.place() + 1) % PLACES;
        if (place == kept) {
            place = (place + 1) % PLACES;
        }
        return new Maps(shape, values(shape, place), slope(shape, place), place);
    }

    /** Maps of the same shape that take over the place of x: their gradient is that of x. */
    Maps instead(Maps x) {
        return backward ? new Maps(x.shape(), values(x.shape(), x.place()), x.slope(), x.place()) : x;
    }

    /** The same memory, where {@link #next} never takes the place of x. */
    MapMemory keeping(Maps x) {
        return new MapMemory(this, x.place(), told);
    }

    /**
     * The same memory for nets with conditions.
     *
     * @param embedding what they are told; the caller runs it before them, and backward after them
     * @return the memory
     */
    public MapMemory telling(ConditionEmbedding embedding) {
        return new MapMemory(this, kept, embedding);
    }

    ConditionEmbedding conditions() {
        return Objects.requireNonNull(told, "a net with conditions in memory without telling(...)");
    }

    Workspace work() {
        return work;
    }

    /**
     * Number of images.
     *
     * @return n
     */
    public int images() {
        return images;
    }

    private Tensor values(MapShape shape, int place) {
        return backward ? work.allocate(images * shape.pixels(), shape.channels()) : part(shape, place);
    }

    private @Nullable Tensor slope(MapShape shape, int place) {
        return backward ? part(shape, place) : null;
    }

    private Tensor part(MapShape shape, int place) {
        return places.get(place).slice(0, images * shape.pixels(), shape.channels());
    }
}
