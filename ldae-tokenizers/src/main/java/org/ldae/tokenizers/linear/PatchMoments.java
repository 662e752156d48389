package org.ldae.tokenizers.linear;

import org.ldae.core.Progress;
import org.ldae.core.Stage;
import org.ldae.data.ImageSource;
import org.ldae.inference.Patches;

/** Mean and covariance of all patches of a set in one pass, in double and in memory that doesn't grow with the set. */
final class PatchMoments {

    private final long count;
    private final double[] mean;
    private final double[] covariance;

    /** Of sums over patches less a centre; takes the arrays over. */
    PatchMoments(double[] centre, PatchRanges.Sums all) {
        count = all.patches();
        double[] offset = all.sums();
        covariance = all.products();
        int size = offset.length;
        mean = new double[size];
        for (int i = 0; i < size; i++) {
            offset[i] /= count;
            mean[i] = centre[i] + offset[i];
        }
        for (int i = 0; i < covariance.length; i++) {
            covariance[i] = covariance[i] / count - offset[i / size] * offset[i % size];
        }
    }

    /** Reads all images once, a block at a time. */
    static PatchMoments of(ImageSource images, Patches patches, Progress progress) {
        return of(images, patches, MomentSums.blockImages(patches), progress);
    }

    /** Reads all images once, {@code blockImages} at a time. */
    static PatchMoments of(ImageSource images, Patches patches, int blockImages, Progress progress) {
        Stage stage = new Stage("patch moments", images.size(), progress);
        PatchRanges ranges = new PatchRanges(patches, images.size(), blockImages);
        double[] centre = ranges.centre(images::read);
        PatchRanges.Total total = new PatchRanges.Total(centre);
        try (MomentSums sums = ranges.room(centre)) {
            for (int range = 0; range < ranges.count(); range++) {
                total.add(range, sums.sum(images::read, ranges.range(range), stage::at));
            }
        }
        return total.moments();
    }

    /** Patches seen. */
    long count() {
        return count;
    }

    /** Mean patch {@code [D]}. */
    double[] mean() {
        return mean.clone();
    }

    /** Covariance {@code [D, D]}, exactly symmetric, divided by the count (not by one less). */
    double[] covariance() {
        return covariance.clone();
    }

    /** Second moments around another point than the mean, {@code [D, D]}. */
    double[] around(double[] centre) {
        double[] moments = covariance();
        int size = mean.length;
        for (int i = 0; i < moments.length; i++) {
            int a = i / size;
            int b = i % size;
            moments[i] += (mean[a] - centre[a]) * (mean[b] - centre[b]);
        }
        return moments;
    }
}
