package org.ldae.tokenizers;

import org.ldae.core.TokenGrid;

/**
 * One row of an image's patches: P rows of pixels of each channel, little enough for the first-level cache. The numbers of
 * its patches are in channel order (channel, row, column), so that runs of a patch's side stay together and cutting is
 * copying. For inside a tokenizer; {@link Patches} is the order everyone else sees.
 */
final class Band {

    private final TokenGrid grid;
    private final int side;
    private final int patchSize;

    Band(TokenGrid grid) {
        this.grid = grid;
        this.side = grid.patch();
        this.patchSize = grid.patchSize();
    }

    /** Numbers of one channel. */
    int planeSize() {
        return side * grid.image().width();
    }

    /** Numbers of all channels. */
    int size() {
        return grid.columns() * patchSize;
    }

    /** Where a channel of a band begins in a row of images, whose bands are counted through. */
    int plane(int band, int channel) {
        int image = band / grid.rows();
        int above = band % grid.rows() * side;
        int channels = grid.image().channels();
        return ((image * channels + channel) * grid.image().height() + above)
                * grid.image().width();
    }

    /** Numbers of a patch in the usual order (row, column, channel), one patch or several, in channel order. */
    float[] planar(float[] patches) {
        int channels = grid.image().channels();
        float[] planar = new float[patches.length];
        for (int i = 0; i < patches.length; i++) {
            int k = i % patchSize;
            planar[i - k + k % channels * side * side + k / channels] = patches[i];
        }
        return planar;
    }

    /** Copies one channel of all patches out of its plane. */
    void gather(float[] plane, int channel, float[] patches) {
        int run = channel * side * side;
        for (int from = 0; from < plane.length; run += side) {
            for (int to = run; to < patches.length; to += patchSize) {
                System.arraycopy(plane, from, patches, to, side);
                from += side;
            }
        }
    }

    /** Copies one channel of all patches to its plane. */
    void scatter(float[] patches, int channel, float[] plane) {
        int run = channel * side * side;
        for (int to = 0; to < plane.length; run += side) {
            for (int from = run; from < patches.length; from += patchSize) {
                System.arraycopy(patches, from, plane, to, side);
                to += side;
            }
        }
    }
}
