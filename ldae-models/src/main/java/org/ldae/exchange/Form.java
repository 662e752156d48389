package org.ldae.exchange;

import java.util.Arrays;
import java.util.List;

/**
 * How others lay out the numbers of a tensor, and back. Theirs has as many numbers as ours, unless it says otherwise.
 */
interface Form {

    /**
     * Their shape.
     *
     * @param rows of ours, 1 for a vector
     * @param columns of ours
     */
    List<Long> shape(long rows, long columns);

    /** Our numbers of theirs. */
    float[] ours(float[] theirs);

    /** Their numbers of ours. */
    float[] theirs(float[] ours);

    /** The same numbers in the same order, a vector of one axis, after some axes of length 1. */
    static Form same(int leadingAxes) {
        return new Form() {
            @Override
            public List<Long> shape(long rows, long columns) {
                Long[] axes = new Long[leadingAxes + (rows == 1 ? 1 : 2)];
                Arrays.fill(axes, 1L);
                axes[axes.length - 1] = columns;
                if (rows > 1) {
                    axes[axes.length - 2] = rows;
                }
                return List.of(axes);
            }

            @Override
            public float[] ours(float[] theirs) {
                return theirs;
            }

            @Override
            public float[] theirs(float[] ours) {
                return ours;
            }
        };
    }

    /** A convolution {@code [M, C, P, P]} of patches that we keep as {@code [M, P*P*C]}. */
    static Form convolution(int channels, int patch) {
        int places = patch * patch;
        return new Form() {
            @Override
            public List<Long> shape(long rows, long columns) {
                return List.of(rows, (long) channels, (long) patch, (long) patch);
            }

            @Override
            public float[] ours(float[] theirs) {
                return transposed(theirs, channels, places);
            }

            @Override
            public float[] theirs(float[] ours) {
                return transposed(ours, places, channels);
            }
        };
    }

    /** {@code [n, a, b]} as {@code [n, b, a]}. */
    private static float[] transposed(float[] from, int a, int b) {
        float[] to = new float[from.length];
        int each = a * b;
        for (int i = 0; i < from.length; i++) {
            int within = i % each;
            to[i - within + within % b * a + within / b] = from[i];
        }
        return to;
    }
}
