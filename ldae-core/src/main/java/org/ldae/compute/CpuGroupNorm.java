package org.ldae.compute;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.ldae.compute.ImageKernels.Affine;
import org.ldae.compute.ImageKernels.GroupNormShape;
import org.ldae.compute.ImageKernels.Normalised;

/** Group normalisation, scale, shift and non-linearity on the CPU, one image after another, in staged rows. */
final class CpuGroupNorm {

    private final Activations activations = new Activations();
    private float[] a = new float[0];
    private float[] b = new float[0];
    private float[] c = new float[0];
    private float[] mean = new float[0];
    private float[] inverse = new float[0];
    private float[] weight = new float[0];
    private float[] bias = new float[0];
    private float[] dWeight = new float[0];
    private float[] dBias = new float[0];

    void forward(GroupNormShape norm, Normalised forward, Tensor y) {
        Tensor x = forward.x();
        reserve(forward.affine());
        int columns = x.columns();
        int step = Math.min(norm.pixels(), Staging.rowsAtOnce(columns));
        for (int image = 0; image < x.rows() / norm.pixels(); image++) {
            measure(norm, x, image, forward.moments());
            loadMoments(norm, forward.moments(), image, columns);
            int end = (image + 1) * norm.pixels();
            for (int r = image * norm.pixels(); r < end; r += step) {
                int n = Math.min(step, end - r);
                Staging.load(x, r, n, a);
                scale(n, columns, a);
                activate(norm.activation(), n * columns);
                Staging.store(y, r, n, a);
            }
        }
    }

    /** {@code a = weight (a - mean) inverse + bias}. */
    private void scale(int rows, int columns, float[] into) {
        for (int k = 0; k < rows; k++) {
            int at = k * columns;
            for (int j = 0; j < columns; j++) {
                into[at + j] = (a[at + j] - mean[j]) * inverse[j] * weight[j] + bias[j];
            }
        }
    }

    private void activate(@Nullable Activation f, int n) {
        if (f != null) {
            activations.apply(f, a, a, n);
        }
    }

    /** Moments chunk by chunk, each about its own mean, joined as in Chan, Golub and LeVeque (1983). */
    private void measure(GroupNormShape norm, Tensor x, int image, Tensor moments) {
        int columns = x.columns();
        int width = columns / norm.groups();
        int step = Math.min(norm.pixels(), Staging.rowsAtOnce(columns));
        double[] means = new double[norm.groups()];
        double[] squares = new double[norm.groups()];
        for (int done = 0; done < norm.pixels(); done += step) {
            int n = Math.min(step, norm.pixels() - done);
            Staging.load(x, image * norm.pixels() + done, n, a);
            Arrays.fill(dBias, 0, columns, 0);
            for (int k = 0; k < n; k++) {
                Loops.add(a, k * columns, dBias, columns);
            }
            for (int g = 0; g < norm.groups(); g++) {
                float average = Loops.sum(dBias, g * width, width) / (n * width);
                Arrays.fill(mean, g * width, (g + 1) * width, average);
            }
            addSquares(n, columns);
            for (int g = 0; g < norm.groups(); g++) {
                double apart = mean[g * width] - means[g];
                double all = done + n;
                squares[g] += Loops.sum(dWeight, g * width, width) + apart * apart * width * done * n / all;
                means[g] += apart * n / all;
            }
        }
        FloatBuffer host = moments.host();
        for (int g = 0; g < norm.groups(); g++) {
            int at = moments.index(image * norm.groups() + g);
            double variance = squares[g] / ((double) norm.pixels() * width);
            host.put(at, (float) means[g]);
            host.put(at + 1, (float) (1 / Math.sqrt(variance + norm.epsilon())));
        }
    }

    private void addSquares(int rows, int columns) {
        Arrays.fill(dWeight, 0, columns, 0);
        for (int k = 0; k < rows; k++) {
            int at = k * columns;
            for (int j = 0; j < columns; j++) {
                float centred = a[at + j] - mean[j];
                dWeight[j] += centred * centred;
            }
        }
    }

    private void loadMoments(GroupNormShape norm, Tensor moments, int image, int columns) {
        int width = columns / norm.groups();
        FloatBuffer host = moments.host();
        for (int g = 0; g < norm.groups(); g++) {
            int at = moments.index(image * norm.groups() + g);
            Arrays.fill(mean, g * width, (g + 1) * width, host.get(at));
            Arrays.fill(inverse, g * width, (g + 1) * width, host.get(at + 1));
        }
    }

    void backward(GroupNormShape norm, Normalised forward, Tensor dy, Affine gradients, float beta, Tensor dx) {
        Tensor x = forward.x();
        int columns = x.columns();
        for (int image = 0; image < x.rows() / norm.pixels(); image++) {
            reserve(forward.affine());
            loadMoments(norm, forward.moments(), image, columns);
            Arrays.fill(dWeight, 0, columns, 0);
            Arrays.fill(dBias, 0, columns, 0);
            activationBackward(norm, x, dy, image);
            addTo(gradients.weight(), dWeight);
            addTo(gradients.bias(), dBias);
            project(norm, columns);
            inputGradient(norm, new Pass(x, dy, dx), image, beta);
        }
    }

    /** Turns dy into the gradient before the non-linearity and sums up the gradients of weight and bias. */
    private void activationBackward(GroupNormShape norm, Tensor x, Tensor dy, int image) {
        int columns = x.columns();
        int step = Math.min(norm.pixels(), Staging.rowsAtOnce(columns));
        int end = (image + 1) * norm.pixels();
        for (int r = image * norm.pixels(); r < end; r += step) {
            int n = Math.min(step, end - r);
            Staging.load(x, r, n, a);
            Staging.load(dy, r, n, b);
            if (norm.activation() != null) {
                scale(n, columns, c);
                activations.backward(norm.activation(), c, b, n * columns);
                Staging.store(dy, r, n, b);
            }
            for (int k = 0; k < n; k++) {
                int at = k * columns;
                for (int j = 0; j < columns; j++) {
                    dWeight[j] += b[at + j] * (a[at + j] - mean[j]) * inverse[j];
                    dBias[j] += b[at + j];
                }
            }
        }
    }

    /** Leaves in weight, bias and inverse the factors of {@link #inputGradient}. */
    private void project(GroupNormShape norm, int columns) {
        int width = columns / norm.groups();
        for (int from = 0; from < columns; from += width) {
            double first = 0;
            double second = 0;
            for (int j = from; j < from + width; j++) {
                first += (double) weight[j] * dBias[j];
                second += (double) weight[j] * dWeight[j];
            }
            double count = (double) norm.pixels() * width;
            float deviation = inverse[from];
            for (int j = from; j < from + width; j++) {
                bias[j] = (float) (-deviation * first / count);
                inverse[j] = (float) (-deviation * deviation * second / count);
                dWeight[j] = deviation * weight[j];
            }
        }
    }

    private record Pass(Tensor x, Tensor dy, Tensor dx) {}

    private void inputGradient(GroupNormShape norm, Pass pass, int image, float beta) {
        int columns = pass.x.columns();
        int step = Math.min(norm.pixels(), Staging.rowsAtOnce(columns));
        int end = (image + 1) * norm.pixels();
        for (int r = image * norm.pixels(); r < end; r += step) {
            int n = Math.min(step, end - r);
            Staging.load(pass.x, r, n, a);
            Staging.load(pass.dy, r, n, b);
            for (int k = 0; k < n; k++) {
                int at = k * columns;
                for (int j = 0; j < columns; j++) {
                    b[at + j] = b[at + j] * dWeight[j] + (a[at + j] - mean[j]) * inverse[j] + bias[j];
                }
            }
            Staging.store(pass.dx, r, n, b, beta, c);
        }
    }

    private void addTo(Tensor row, float[] more) {
        Staging.load(row, 0, 1, a);
        Loops.add(more, 0, a, row.columns());
        Staging.store(row, 0, 1, a);
    }

    private void reserve(Affine affine) {
        int columns = affine.weight().columns();
        a = Staging.room(a, columns);
        b = Staging.room(b, columns);
        c = Staging.room(c, columns);
        mean = Staging.room(mean, columns);
        inverse = Staging.room(inverse, columns);
        weight = Staging.room(weight, columns);
        bias = Staging.room(bias, columns);
        dWeight = Staging.room(dWeight, columns);
        dBias = Staging.room(dBias, columns);
        Staging.load(affine.weight(), 0, 1, weight);
        Staging.load(affine.bias(), 0, 1, bias);
    }
}
