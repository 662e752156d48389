package org.ldae.tokenizers;

import org.ldae.core.TokenGrid;

/**
 * Patches with their numbers in channel order (channel, row, column): runs of a patch's side stay together, so that cutting is
 * copying. For inside a tokenizer; {@link Patches} is the order everyone else sees.
 */
final class PlanarPatches {

    private final TokenGrid grid;

    PlanarPatches(TokenGrid grid) {
        this.grid = grid;
    }

    /** Where the k-th number of a patch in the usual order (row, column, channel) lies in channel order. */
    int position(int k) {
        int channels = grid.image().channels();
        return k % channels * grid.patch() * grid.patch() + k / channels;
    }

    /** Cuts one image into patches. */
    void gather(float[] image, int imageOffset, float[] patches, int patchOffset) {
        int patch = grid.patch();
        forEachRun(
                (pixel, number) -> System.arraycopy(image, imageOffset + pixel, patches, patchOffset + number, patch));
    }

    /** Puts the patches of one image together. */
    void scatter(float[] patches, int patchOffset, float[] image, int imageOffset) {
        int patch = grid.patch();
        forEachRun(
                (pixel, number) -> System.arraycopy(patches, patchOffset + number, image, imageOffset + pixel, patch));
    }

    /** A run of one row of one channel of one patch: where it begins in the image and in the patches. */
    @FunctionalInterface
    private interface Run {
        void at(int pixel, int number);
    }

    private void forEachRun(Run run) {
        int patch = grid.patch();
        int width = grid.image().width();
        for (int c = 0; c < grid.image().channels(); c++) {
            for (int y = 0; y < grid.image().height(); y++) {
                int pixel = (c * grid.image().height() + y) * width;
                int number = y / patch * grid.columns() * grid.patchSize() + (c * patch + y % patch) * patch;
                for (int j = 0; j < grid.columns(); j++) {
                    run.at(pixel + j * patch, number + j * grid.patchSize());
                }
            }
        }
    }
}
