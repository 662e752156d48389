package org.ldae.compute.cpu;

import org.ldae.compute.ImageKernels.PatchShape;
import org.ldae.compute.Tensor;

/** Copies between images and their patches; belongs to one thread. */
interface PatchCopy {

    /**
     * Copies all numbers.
     *
     * @param images {@code [n, C H W]}
     * @param patches {@code [n L, C P P]}
     * @param cut from images to patches, or the other way
     */
    void copy(PatchShape shape, Tensor images, Tensor patches, boolean cut);
}
