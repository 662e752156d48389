package org.ldae.compute.cpu;

import java.nio.FloatBuffer;
import org.ldae.compute.ImageKernels.PatchShape;
import org.ldae.compute.Tensor;

/** Patches by way of the heap: a channel of a row of patches at a time, little enough for the first-level cache. */
final class HeapPatchCopy implements PatchCopy {

    private float[] strip = new float[0];
    private float[] band = new float[0];

    @Override
    public void copy(PatchShape shape, Tensor images, Tensor patches, boolean cut) {
        int size = shape.strip();
        strip = strip.length < size ? new float[size] : strip;
        band = band.length < size * shape.channels() ? new float[size * shape.channels()] : band;
        FloatBuffer pixels = images.host();
        for (int row = 0; row < images.rows() * shape.rows(); row++) {
            int first = images.index(row / shape.rows()) + row % shape.rows() * size;
            if (!cut) {
                Staging.load(patches, row * shape.columns(), shape.columns(), band);
            }
            for (int c = 0; c < shape.channels(); c++) {
                int at = first + c * shape.rows() * size;
                if (cut) {
                    pixels.get(at, strip, 0, size);
                }
                lines(shape, c, cut);
                if (!cut) {
                    pixels.put(at, strip, 0, size);
                }
            }
            if (cut) {
                Staging.store(patches, row * shape.columns(), shape.columns(), band);
            }
        }
    }

    /** The lines of P pixels that a channel of a row of patches is made of. */
    private void lines(PatchShape shape, int channel, boolean cut) {
        int side = shape.side();
        int patch = shape.channels() * side * side;
        int inStrip = 0;
        for (int line = 0; line < side; line++) {
            int inBand = (channel * side + line) * side;
            for (int column = 0; column < shape.columns(); column++) {
                if (cut) {
                    System.arraycopy(strip, inStrip, band, inBand, side);
                } else {
                    System.arraycopy(band, inBand, strip, inStrip, side);
                }
                inStrip += side;
                inBand += patch;
            }
        }
    }
}
