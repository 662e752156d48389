package org.ldae.data;

import org.ldae.core.ImageShape;
import org.ldae.data.decoding.FilterWeights;
import org.ldae.data.decoding.FilterWeights.Kernel;

/** Makes a part of an image the whole in place, with the bicubic filter, in memory that is given to it. */
final class Enlargement {

    /** Source pixels of a target pixel: as nothing is made smaller, the filter isn't stretched. */
    private static final int TAPS = 4;
    /** The first source pixel and its weights. */
    private static final int ENTRY = 1 + TAPS;

    private final ImageSlice image;
    private final ImageShape shape;
    private final float[] scratch;

    Enlargement(ImageSlice image, float[] scratch) {
        this.image = image;
        this.shape = image.shape;
        this.scratch = scratch;
    }

    /** Numbers of scratch memory that it takes. */
    static int scratch(ImageShape shape) {
        return shape.size() + ENTRY * Math.max(shape.height(), shape.width());
    }

    /** What overshoots [-1, 1] is cut, as levels are. */
    void of(RandomCrop.Box box) {
        weigh(box.width(), shape.width());
        for (int c = 0; c < shape.channels(); c++) {
            for (int y = 0; y < box.height(); y++) {
                horizontally(c * shape.height() + box.top() + y, c * shape.height() + y, box);
            }
        }
        weigh(box.height(), shape.height());
        for (int row = 0; row < shape.channels() * shape.height(); row++) {
            vertically(row, Math.min(TAPS, box.height()));
        }
    }

    private void horizontally(int from, int to, RandomCrop.Box box) {
        int width = shape.width();
        int source = image.offset + from * width + box.left();
        int target = to * width;
        int last = Math.min(TAPS, box.width()) - 1;
        int second = Math.min(1, last);
        int third = Math.min(2, last);
        float[] pixels = image.values;
        for (int x = 0; x < width; x++) {
            int entry = shape.size() + ENTRY * x;
            int first = source + (int) scratch[entry];
            float sum = scratch[entry + 1] * pixels[first] + scratch[entry + 2] * pixels[first + second];
            sum += scratch[entry + 3] * pixels[first + third] + scratch[entry + 4] * pixels[first + last];
            scratch[target + x] = cut(sum);
        }
    }

    private void vertically(int row, int taps) {
        int width = shape.width();
        int y = row % shape.height();
        int entry = shape.size() + ENTRY * y;
        int target = image.offset + row * width;
        int first = (row - y + (int) scratch[entry]) * width;
        int second = first + Math.min(1, taps - 1) * width;
        int third = first + Math.min(2, taps - 1) * width;
        int last = first + (taps - 1) * width;
        float w0 = scratch[entry + 1];
        float w1 = scratch[entry + 2];
        float w2 = scratch[entry + 3];
        float w3 = scratch[entry + 4];
        for (int x = 0; x < width; x++) {
            float sum = w0 * scratch[first + x] + w1 * scratch[second + x];
            sum += w2 * scratch[third + x] + w3 * scratch[last + x];
            image.values[target + x] = cut(sum);
        }
    }

    /** For each target pixel of a row the first source pixel and the weights from there on; as {@link FilterWeights}. */
    private void weigh(int length, int targets) {
        int taps = Math.min(TAPS, length);
        for (int target = 0; target < targets; target++) {
            double centre = (target + 0.5) * length / targets;
            int low = Math.max(0, (int) (centre - 1.5));
            int high = Math.min(length, (int) (centre + 2.5));
            double sum = 0;
            for (int i = low; i < high; i++) {
                sum += Kernel.BICUBIC.at(i - centre + 0.5);
            }
            int first = Math.min(low, length - taps);
            int entry = shape.size() + ENTRY * target;
            scratch[entry] = first;
            // Those beyond a part of fewer pixels weigh nothing.
            for (int k = 0; k < TAPS; k++) {
                int i = first + k;
                scratch[entry + 1 + k] = i < low || i >= high ? 0 : (float) (Kernel.BICUBIC.at(i - centre + 0.5) / sum);
            }
        }
    }

    private static float cut(float value) {
        return value < -1 ? -1 : value > 1 ? 1 : value;
    }
}
