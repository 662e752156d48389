package org.ldae.training;

import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;

/** A part whose work is passes over images: the padded loop over a share, in training and over images held out. */
public final class ImagePart implements Task.Part {

    private final Share share;
    private final Images images;
    private final ImagePass pass;
    private final @Nullable ImageSource heldOut;
    private final @Nullable Step check;
    private final float[] image;

    /** Where the images of a share come from. */
    @FunctionalInterface
    public interface Images extends AutoCloseable {

        /**
         * An image of a step; positions are asked for in their order.
         *
         * @param step its number
         * @param position of the share's
         * @return {@code [C, H, W]}, valid until the next is asked for
         */
        float[] image(int step, int position);

        /** Frees what they hold. */
        @Override
        default void close() {}
    }

    private ImagePart(Share share, Images images, ImagePass pass, @Nullable ImageSource heldOut, @Nullable Step check) {
        this.share = share;
        this.images = images;
        this.pass = pass;
        this.heldOut = heldOut;
        this.check = check;
        this.image = new float[heldOut == null ? 0 : heldOut.shape().size()];
    }

    /**
     * A part without held-out images.
     *
     * @param share whose positions it computes
     * @param images of the share
     * @param pass what is done with them
     * @return the part; closing it closes images and pass
     */
    public static ImagePart of(Share share, Images images, ImagePass pass) {
        return new ImagePart(share, images, pass, null, null);
    }

    /**
     * Checks with images that are held out.
     *
     * @param checked images of the same shape; none for no checks
     * @return a part of the same images and pass
     */
    public ImagePart withHeldOut(Optional<ImageSource> checked) {
        return checked.map(this::withHeldOut).orElse(this);
    }

    private ImagePart withHeldOut(ImageSource set) {
        int[] all = IntStream.range(0, set.size()).toArray();
        // The same random numbers at each check, so that only the parameters make the difference.
        Step checking = new Step(set, false, Rng.of(0).stream("held-out"), all);
        return new ImagePart(share, images, pass, set, checking);
    }

    @Override
    public double run(Step step) {
        double loss = 0;
        for (int from = share.first(); from < share.last(); from += share.size()) {
            int count = Math.min(share.size(), share.last() - from);
            for (int slot = 0; step.phase() == 0 && slot < share.size(); slot++) {
                // Padding repeats the pass's last image and counts for nothing.
                int position = from + Math.min(slot, count - 1);
                pass.take(slot, images.image(step.number(), position), position, step);
            }
            loss += pass.run(from, count, step);
        }
        return loss;
    }

    /** Images held out are split among the shares evenly, whatever the sizes of their passes. */
    @Override
    public double heldOutLoss() {
        if (heldOut == null || check == null) {
            return Task.Part.super.heldOutLoss();
        }
        double loss = 0;
        int first = (int) ((long) share.index() * heldOut.size() / share.of());
        int last = (int) ((share.index() + 1L) * heldOut.size() / share.of());
        for (int from = first; from < last; from += share.size()) {
            int count = Math.min(share.size(), last - from);
            for (int slot = 0; slot < share.size(); slot++) {
                int position = from + Math.min(slot, count - 1);
                heldOut.readFinite(position, image, 0);
                pass.take(slot, image, position, check);
            }
            loss += pass.run(from, count, check);
        }
        return loss;
    }

    @Override
    public void close() {
        images.close();
        pass.close();
    }
}
