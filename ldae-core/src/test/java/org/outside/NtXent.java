package org.outside;

/** NT-Xent of 2N embeddings of which two neighbours show the same image, and its gradient. */
final class NtXent {

    private final int rows;
    private final int width;
    private final double temperature;
    private final float[] embeddings;
    private final float[] gradients;
    private double value;

    NtXent(int images, int width, double temperature) {
        this.rows = 2 * images;
        this.width = width;
        this.temperature = temperature;
        this.embeddings = new float[rows * width];
        this.gradients = new float[rows * width];
    }

    int width() {
        return width;
    }

    float[] embeddings() {
        return embeddings;
    }

    float[] gradients() {
        return gradients;
    }

    double value() {
        return value;
    }

    void differentiate() {
        double[][] unit = new double[rows][width];
        double[] norms = new double[rows];
        for (int i = 0; i < rows; i++) {
            for (int k = 0; k < width; k++) {
                unit[i][k] = embeddings[i * width + k];
            }
            norms[i] = Math.sqrt(dot(unit[i], unit[i]));
            for (int k = 0; k < width; k++) {
                unit[i][k] /= norms[i];
            }
        }
        double[][] byUnit = new double[rows][width];
        value = 0;
        for (int i = 0; i < rows; i++) {
            double[] odds = new double[rows];
            double sum = 0;
            for (int j = 0; j < rows; j++) {
                odds[j] = j == i ? 0 : Math.exp(dot(unit[i], unit[j]) / temperature);
                sum += odds[j];
            }
            int other = i ^ 1;
            value -= Math.log(odds[other] / sum) / rows;
            for (int j = 0; j < rows; j++) {
                double slope = (odds[j] / sum - (j == other ? 1 : 0)) / (rows * temperature);
                for (int k = 0; k < width; k++) {
                    byUnit[i][k] += slope * unit[j][k];
                    byUnit[j][k] += slope * unit[i][k];
                }
            }
        }
        for (int i = 0; i < rows; i++) {
            double along = dot(byUnit[i], unit[i]);
            for (int k = 0; k < width; k++) {
                gradients[i * width + k] = (float) ((byUnit[i][k] - along * unit[i][k]) / norms[i]);
            }
        }
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int k = 0; k < a.length; k++) {
            sum += a[k] * b[k];
        }
        return sum;
    }
}
