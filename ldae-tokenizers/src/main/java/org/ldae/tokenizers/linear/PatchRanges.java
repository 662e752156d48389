package org.ldae.tokenizers.linear;

import java.io.Serializable;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.ldae.compute.Workers;
import org.ldae.core.ImageShape;
import org.ldae.inference.Items;
import org.ldae.inference.Patches;

/**
 * The images of a {@link PatchPCA} fit in a fixed number of ranges, for fits over several machines. Each range is summed by itself,
 * anywhere, and the sums are added in the order of the ranges, as {@link PatchPCA#fit} does it: the same fit to the bit, on the
 * same kind of processor.
 *
 * <pre>{@code
 * PatchRanges ranges = PatchRanges.of(options, shape, images);
 * double[] centre = ranges.centre(reader);                     // reads ranges.centreImages()
 * PatchRanges.Total total = new PatchRanges.Total(centre);
 * for (int r = 0; r < ranges.count(); r++) {
 *     total.add(r, ranges.sum(r, centre, reader));              // in any order
 * }
 * PatchPCA tokenizer = ranges.fit(options, total);
 * }</pre>
 */
public final class PatchRanges {

    /** At most so many machines share a fit; each range more costs one more addition of [D, D] sums. */
    private static final int MOST = 32;

    private final Patches patches;
    private final int images;
    private final int blockImages;
    private final int blocks;

    PatchRanges(Patches patches, int images, int blockImages) {
        this.patches = patches;
        this.images = images;
        this.blockImages = blockImages;
        this.blocks = (images + blockImages - 1) / blockImages;
    }

    /**
     * The ranges of a fit.
     *
     * @param options of the fit; all images are used
     * @param image shape of every image
     * @param images how many, with more patches in all than components
     * @return the ranges
     * @throws IllegalArgumentException if the sizes don't fit, or the options ask for fewer images
     */
    public static PatchRanges of(PatchPCA.Options options, ImageShape image, int images) {
        if (options.maxImages() < images) {
            throw new IllegalArgumentException(
                    "images: expected options for all %d, got withImages(%d); leave images out beforehand"
                            .formatted(images, options.maxImages()));
        }
        Patches patches = Patches.of(PatchPCA.fitting(options, image, images));
        return new PatchRanges(patches, images, MomentSums.blockImages(patches));
    }

    /** What the patches of a range add up to, less the centre; to be sent. */
    public static final class Sums implements Serializable {
        private static final long serialVersionUID = 1;

        /** How many patches were summed. */
        private final long patches;

        /** {@code [D]}. */
        private final double[] sums;

        /** {@code [D, D]}, symmetric. */
        private final double[] products;

        Sums(long patches, double[] sums, double[] products) {
            this.patches = patches;
            this.sums = sums;
            this.products = products;
        }

        /** To be added to or divided, which leaves these alone. */
        Sums copy() {
            return new Sums(patches, sums.clone(), products.clone());
        }

        long patches() {
            return patches;
        }

        double[] sums() {
            return sums;
        }

        double[] products() {
            return products;
        }
    }

    /** Images {@code first} to {@code end - 1}, read in blocks. */
    record Range(int first, int end, int block) {}

    /** Sums of the ranges so far, in the order of the ranges, in whichever they come. */
    public static final class Total {
        private final double[] centre;
        private final Map<Integer, Sums> early = new HashMap<>();
        private @Nullable Sums sum;
        private int next;

        /**
         * Nothing yet.
         *
         * @param centre that was taken off every patch
         */
        public Total(double[] centre) {
            this.centre = centre;
        }

        /**
         * Adds a range; waits with it until those before have come.
         *
         * @param range its number
         * @param sums what it adds up to
         */
        public void add(int range, Sums sums) {
            early.put(range, sums);
            for (Sums due = early.remove(next); due != null; due = early.remove(next)) {
                sum = sum == null ? due.copy() : plus(sum, due);
                next++;
            }
        }

        private static Sums plus(Sums all, Sums more) {
            for (int i = 0; i < all.sums.length; i++) {
                all.sums[i] += more.sums[i];
            }
            for (int i = 0; i < all.products.length; i++) {
                all.products[i] += more.products[i];
            }
            return new Sums(all.patches + more.patches, all.sums, all.products);
        }

        PatchMoments moments() {
            return new PatchMoments(
                    centre, Objects.requireNonNull(sum, "no range was summed").copy());
        }
    }

    /**
     * Number of ranges.
     *
     * @return from 1 to 32, of about equal length
     */
    public int count() {
        return Math.min(MOST, blocks);
    }

    /**
     * Where a range begins.
     *
     * @param range in [0, count]
     * @return its first image; the number of images for {@link #count} itself
     */
    public int first(int range) {
        return (int) Math.min(images, (long) blocks * range / count() * blockImages);
    }

    /**
     * The range of an image.
     *
     * @param image its index
     * @return the range's number
     */
    public int rangeOf(int image) {
        int range = (int) ((long) (image / blockImages) * count() / blocks);
        while (first(range + 1) <= image) {
            range++;
        }
        return range;
    }

    Range range(int range) {
        return new Range(first(range), first(range + 1), blockImages);
    }

    MomentSums room(double[] centre) {
        return new MomentSums(patches, Math.min(blockImages, images), centre);
    }

    /**
     * The images whose mean patch is the centre: one of each part of the first block.
     *
     * @return indices in ascending order
     */
    public int[] centreImages() {
        int parts = MomentSums.parts(patches.grid().patchSize());
        int first = Math.min(blockImages, images);
        return IntStream.range(0, parts)
                .map(part -> first * part / parts)
                .distinct()
                .toArray();
    }

    /**
     * The mean patch of a few images, which is taken off all before they are summed.
     *
     * @param reader reads the images of {@link #centreImages}, in their order
     * @return {@code [D]}
     * @throws IllegalArgumentException if a pixel isn't finite
     */
    public double[] centre(Items.Reader reader) {
        int size = patches.grid().patchSize();
        float[] pixels = new float[patches.grid().image().size()];
        float[] cut = new float[pixels.length];
        double[] centre = new double[size];
        int[] some = centreImages();
        for (int image : some) {
            reader.read(image, pixels, 0);
            for (int i = 0; i < pixels.length; i++) {
                if (!Float.isFinite(pixels[i])) {
                    throw new IllegalArgumentException(wrongPixel(pixels[i], i, image));
                }
            }
            patches.gather(pixels, 0, cut, 0);
            for (int i = 0; i < cut.length; i++) {
                centre[i % size] += cut[i];
            }
        }
        long seen = (long) some.length * patches.grid().tokens();
        Arrays.setAll(centre, j -> centre[j] / seen);
        return centre;
    }

    static String wrongPixel(float pixel, int position, int image) {
        return "images: expected finite pixels in [-1, 1], got %s at position %d of image %d; check the reader or drop the image"
                .formatted(pixel, position, image);
    }

    /**
     * Sums the patches of a range.
     *
     * @param range its number
     * @param centre from {@link #centre}
     * @param reader reads each image of the range once, in their order
     * @return the sums, to be added to a {@link Total}
     * @throws IllegalArgumentException if a pixel isn't finite
     */
    public Sums sum(int range, double[] centre, Items.Reader reader) {
        return Workers.withSingleThreadedBlas(() -> {
            try (MomentSums room = room(centre)) {
                return room.sum(reader, range(range), done -> {});
            }
        });
    }

    /**
     * The fit.
     *
     * @param options that the ranges were made of
     * @param total of all ranges
     * @return the fitted tokenizer
     * @throws IllegalStateException if a range is missing
     * @throws IllegalArgumentException if the patches don't vary
     */
    public PatchPCA fit(PatchPCA.Options options, Total total) {
        if (total.next != count()) {
            throw new IllegalStateException(
                    "ranges: expected the sums of all %d, number %d is missing".formatted(count(), total.next));
        }
        return PatchPCA.of(options, patches, total::moments);
    }
}
