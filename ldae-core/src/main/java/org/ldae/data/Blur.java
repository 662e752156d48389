package org.ldae.data;

/**
 * Gaussian blur by a window of a tenth of the image's side, rows and columns one after the other, with the border reflected: as
 * torchvision's gaussian_blur.
 */
final class Blur {

    private Blur() {}

    /** An odd number of pixels, about a tenth of the shorter side (Chen et al. 2020, appendix A) and at least 3. */
    static int window(ImageSlice image) {
        return Math.max(3, (Math.min(image.shape.height(), image.shape.width()) / 10) | 1);
    }

    /** Blurs an image in place. */
    static void apply(ImageSlice image, double sigma, float[] scratch) {
        double[] weights = weights(window(image), sigma);
        int width = image.shape.width();
        for (int row = image.offset; row < image.end(); row += width) {
            line(image.values, new Line(row, 1, width), weights, scratch);
        }
        for (int plane = image.offset; plane < image.end(); plane += image.plane()) {
            for (int column = 0; column < width; column++) {
                line(image.values, new Line(plane + column, width, image.shape.height()), weights, scratch);
            }
        }
    }

    private static double[] weights(int size, double sigma) {
        double[] weights = new double[size];
        double sum = 0;
        for (int i = 0; i < size; i++) {
            double x = (i - size / 2) / sigma;
            weights[i] = Math.exp(-x * x / 2);
            sum += weights[i];
        }
        for (int i = 0; i < size; i++) {
            weights[i] /= sum;
        }
        return weights;
    }

    private record Line(int from, int stride, int count) {}

    private static void line(float[] values, Line line, double[] weights, float[] scratch) {
        if (line.count == 1) {
            return; // a single pixel has no neighbours that a border could mirror
        }
        int half = weights.length / 2;
        for (int i = 0; i < line.count; i++) {
            scratch[i] = values[line.from + i * line.stride];
        }
        for (int i = 0; i < line.count; i++) {
            double sum = 0;
            for (int k = -half; k <= half; k++) {
                int place = Math.abs(i + k);
                sum += weights[k + half] * scratch[place < line.count ? place : 2 * (line.count - 1) - place];
            }
            values[line.from + i * line.stride] = (float) sum;
        }
    }
}
