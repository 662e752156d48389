package org.ldae.compute.cpu;

import java.nio.FloatBuffer;
import org.ldae.compute.PatchCopy;
import org.ldae.compute.PatchShape;
import org.ldae.compute.Tensor;

/** Patches by way of the heap: a channel of a band at a time, little enough for the first-level cache. */
public final class HeapPatchCopy implements PatchCopy {

    private final PatchShape shape;
    private final float[] plane;
    private final float[] band;

    public HeapPatchCopy(PatchShape shape) {
        this.shape = shape;
        this.plane = new float[shape.plane()];
        this.band = new float[shape.bandSize()];
    }

    @Override
    public void cut(FloatBuffer images, int at, int first, int bands, Tensor patches) {
        for (int b = 0; b < bands; b++) {
            for (int c = 0; c < shape.channels(); c++) {
                images.get(shape.pixel(at, first + b, c), plane);
                int from = 0;
                for (int run = run(c); from < plane.length; run += shape.patch()) {
                    for (int to = run; to < band.length; to += shape.size()) {
                        System.arraycopy(plane, from, band, to, shape.patch());
                        from += shape.patch();
                    }
                }
            }
            patches.putRows(b * shape.columns(), band);
        }
    }

    @Override
    public void paste(Tensor patches, FloatBuffer images, int at, int first, int bands) {
        for (int b = 0; b < bands; b++) {
            patches.getRows(b * shape.columns(), band);
            for (int c = 0; c < shape.channels(); c++) {
                int to = 0;
                for (int run = run(c); to < plane.length; run += shape.patch()) {
                    for (int from = run; from < band.length; from += shape.size()) {
                        System.arraycopy(band, from, plane, to, shape.patch());
                        to += shape.patch();
                    }
                }
                images.put(shape.pixel(at, first + b, c), plane);
            }
        }
    }

    /** Where a channel of a patch begins. */
    private int run(int channel) {
        return channel * shape.patch() * shape.patch();
    }

    @Override
    public void close() {}
}
