package org.ldae.training;

/** A network's work on n images at a time, on one thread; {@link ImagePart} hands them over. */
public interface ImagePass extends AutoCloseable {

    /**
     * Takes an image.
     *
     * @param slot in [0, n)
     * @param image {@code [C, H, W]}, augmented, the caller's
     * @param position of the image in the batch
     * @param step where training stands
     */
    void take(int slot, float[] image, int position, Step step);

    /**
     * Computes the loss of the images taken, and adds their gradients if the step {@link Step#learns}. In phases after the first
     * no images were taken anew: a share of several passes keeps what it needs of each.
     *
     * @param first position of slot 0 in the batch
     * @param count slots that count, the first ones; the others are padding
     * @param step where training stands
     * @return their part of the batch's loss
     */
    double run(int first, int count, Step step);

    /** Frees what it holds beside the workspaces. */
    @Override
    default void close() {}
}
