package org.ldae.inference;

import java.util.function.Supplier;
import org.ldae.core.HostFloats;
import org.ldae.core.Shapes;
import org.ldae.core.TokenGrid;
import org.ldae.data.ImageSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What {@link Inference} goes through: items of the same number of float32 numbers, such as images, their patches or their
 * latents.
 *
 * @param count N
 * @param size numbers of an item
 * @param readers makes the reader of one thread
 */
public record Items(int count, int size, Supplier<Reader> readers) {

    /** Reads items on one thread. */
    @FunctionalInterface
    public interface Reader {
        /**
         * Reads one item.
         *
         * @param index in [0, N)
         * @param destination receives its numbers
         * @param offset where the first goes
         */
        void read(int index, float[] destination, int offset);
    }

    /**
     * The items along an array's first axis.
     *
     * @param array {@code [N, ...]} float32; views are fine. It must stay open during the run
     * @return N items, each in row-major order
     */
    public static Items of(INDArray array) {
        int count = Math.toIntExact(array.size(0));
        if (count == 0) {
            return new Items(0, 0, () -> (index, destination, offset) -> {});
        }
        INDArray rowMajor = Shapes.contiguous(array);
        HostFloats numbers = HostFloats.of(rowMajor);
        int size = Math.toIntExact(array.length() / count);
        return new Items(
                count,
                size,
                () -> (index, destination, offset) -> numbers.get((long) index * size, destination, offset, size));
    }

    /**
     * Images.
     *
     * @param images N of them
     * @return N items {@code [C, H, W]}
     */
    public static Items of(ImageSource images) {
        return new Items(images.size(), images.shape().size(), () -> images::read);
    }

    /**
     * The patches of images.
     *
     * @param images N of them, of the grid's shape
     * @param grid how they are cut
     * @return N items {@code [L, P*P*C]}
     * @throws IllegalArgumentException if the shape differs
     */
    public static Items patches(ImageSource images, TokenGrid grid) {
        if (!images.shape().equals(grid.image())) {
            throw new IllegalArgumentException("images: expected [C, H, W] = %s as in training, got %s; resize them"
                    .formatted(grid.image(), images.shape()));
        }
        Patches patches = Patches.of(grid);
        return new Items(images.size(), grid.image().size(), () -> {
            float[] image = new float[grid.image().size()];
            return (index, destination, offset) -> {
                images.read(index, image, 0);
                patches.gather(image, 0, destination, offset);
            };
        });
    }
}
