package org.ldae.tokenizers.linear;

import org.jspecify.annotations.Nullable;
import org.ldae.compute.Kernels;
import org.ldae.compute.Kernels.Transpose;
import org.ldae.compute.Tensor;
import org.ldae.core.NdArrays;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;
import org.ldae.training.Step;
import org.ldae.training.Task;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The exact loss and gradients of a linear autoencoder over all patches at once.
 *
 * <p>The loss is quadratic in the patch x, so it depends on the patches through their second moments S = E[x x^T] alone:
 * with A = V S V^T and B = U U^T, {@code E ||x - U^T V x||^2 = tr S - 2 tr(V S U^T) + tr(A B)}. A step costs d D^2
 * multiplications, however many patches there are. The loss is a share of the variance: divided by D, with S in units in
 * which its mean diagonal is 1.
 *
 * <p>The encoder's gradient is {@code 2 (B V - U) S}. S is divided out, as K-FAC does with a layer's input (Martens and
 * Grosse 2015): that has the same zeros, and doesn't crawl along components of small variance.
 */
final class LinearObjective implements Task.Part {

    static final String ENCODER = "encoder";
    static final String DECODER = "decoder";

    private final Kernels kernels;
    private final Matrices values;
    private final Matrices gradients;
    private final @Nullable LatentNoise noise;
    private final Tensor moments;
    private final INDArray heldOut;
    /** V S. */
    private final Tensor product;

    private final Square a;
    private final Square b;
    /** V S U^T. */
    private final Square cross;

    /** Decoder U and encoder V, {@code [d, D]}. */
    private record Matrices(Tensor decoder, Tensor encoder) {}

    /**
     * Over moments of the training part and of the held-out part, both {@code [D, D]} in units of the training part.
     *
     * @param noise on the latents, null for the plain autoencoder
     */
    LinearObjective(Workspace work, double[] moments, INDArray heldOut, @Nullable LatentNoise noise) {
        this.kernels = work.kernels();
        this.values = new Matrices(work.value(DECODER), work.value(ENCODER));
        this.gradients = new Matrices(work.gradient(DECODER), work.gradient(ENCODER));
        this.noise = noise;
        int dimension = values.encoder.rows();
        int size = values.encoder.columns();
        this.moments = work.allocate(size, size);
        this.moments.put(NdArrays.floats(moments));
        this.heldOut = heldOut;
        this.product = work.allocate(dimension, size);
        this.a = new Square(work, dimension);
        this.b = new Square(work, dimension);
        this.cross = new Square(work, dimension);
    }

    static void declare(Parameters.Layout layout, int dimension, int size) {
        layout.add(ENCODER, dimension, size, Parameters.Init.XAVIER_UNIFORM);
        layout.add(DECODER, dimension, size, Parameters.Init.XAVIER_UNIFORM);
    }

    @Override
    public double run(Step step) {
        return gradients();
    }

    /** The loss; leaves its gradients in the workspace. */
    double gradients() {
        kernels.gemm(Transpose.NONE, values.encoder, moments, 0, product);
        a.product(product, values.encoder);
        b.product(values.decoder, values.decoder);
        cross.product(product, values.decoder);
        int size = moments.rows();
        double loss = loss(size, a.values, b.values, cross.values);
        if (noise != null) {
            noise.backward(a.values, b.values, 1.0 / size);
            a.write();
            b.write();
        }
        gradient(a, values.decoder, product, gradients.decoder);
        gradient(b, values.encoder, values.decoder, gradients.encoder);
        return loss;
    }

    /** {@code d = 2/D (square x - y)}. */
    private void gradient(Square square, Tensor x, Tensor y, Tensor d) {
        kernels.copy(y, d);
        kernels.scale(d, -1);
        kernels.gemm(Transpose.NONE, square.tensor, x, 1, d);
        kernels.scale(d, 2f / moments.rows());
    }

    @Override
    public double heldOutLoss() {
        // In double: float32 can't tell the last checks apart where little variance is left unexplained.
        try (INDArray v = doubles(values.encoder);
                INDArray u = doubles(values.decoder);
                INDArray products = v.mmul(heldOut);
                INDArray left = products.mmul(v.transpose());
                INDArray right = u.mmul(u.transpose());
                INDArray both = products.mmul(u.transpose())) {
            double trace = 0;
            for (int j = 0; j < moments.rows(); j++) {
                trace += heldOut.getDouble(j, j);
            }
            return loss(trace, numbers(left), numbers(right), numbers(both));
        }
    }

    private double loss(double trace, double[] encoded, double[] decoded, double[] mixed) {
        double loss = trace;
        for (int i = 0; i < encoded.length; i++) {
            loss += encoded[i] * decoded[i];
        }
        for (int i = 0; i < mixed.length; i += values.encoder.rows() + 1) {
            loss -= 2 * mixed[i];
        }
        if (noise != null) {
            loss += noise.loss(encoded, decoded);
        }
        return loss / moments.rows();
    }

    private static INDArray doubles(Tensor matrix) {
        float[] floats = matrix.toArray();
        double[] doubles = new double[floats.length];
        for (int i = 0; i < floats.length; i++) {
            doubles[i] = floats[i];
        }
        return NdArrays.of(doubles, matrix.rows(), matrix.columns());
    }

    /** All numbers of a symmetric matrix, or of one of which the diagonal alone is looked at: any order will do. */
    private static double[] numbers(INDArray matrix) {
        return matrix.data().asDouble();
    }

    /** A {@code [d, d]} matrix with a copy on the heap. */
    private final class Square {

        private final Tensor tensor;
        private final float[] stage;
        private final double[] values;

        Square(Workspace work, int side) {
            tensor = work.allocate(side, side);
            stage = new float[tensor.size()];
            values = new double[tensor.size()];
        }

        /** {@code x y^T}, on both sides. */
        void product(Tensor x, Tensor y) {
            kernels.gemm(Transpose.SECOND, x, y, 0, tensor);
            tensor.get(stage);
            for (int i = 0; i < stage.length; i++) {
                values[i] = stage[i];
            }
        }

        /** Copies the heap's side back. */
        void write() {
            for (int i = 0; i < stage.length; i++) {
                stage[i] = (float) values[i];
            }
            tensor.put(stage);
        }
    }
}
