package org.ldae.models;

import org.ldae.compute.Kernels;
import org.ldae.compute.Kernels.Transpose;
import org.ldae.compute.Tensor;
import org.ldae.tokenizers.PatchPCA;

/** A {@link PatchPCA} as matrices of the compute floor: patches to latents and back without allocation. */
final class LatentCodec implements AutoCloseable {

    private final Tensor components;
    private final Tensor encoder;
    private final Tensor encoderBias;
    private final Tensor decoder;
    private final Tensor mean;

    LatentCodec(PatchPCA tokenizer) {
        int d = tokenizer.dimension();
        int size = tokenizer.grid().patchSize();
        float[] basis = tokenizer.basis().data().asFloat();
        float[] centre = tokenizer.mean().data().asFloat();
        float[] scale = tokenizer.scale().data().asFloat();
        float[] rows = new float[d * size];
        float[] in = new float[d * size];
        float[] out = new float[d * size];
        float[] bias = new float[d];
        for (int k = 0; k < d; k++) {
            double dot = 0;
            for (int j = 0; j < size; j++) {
                int at = k * size + j;
                rows[at] = basis[at];
                in[at] = basis[at] * scale[k];
                out[at] = basis[at] / scale[k];
                dot += (double) basis[at] * centre[j];
            }
            bias[k] = (float) (-dot * scale[k]);
        }
        components = filled(d, size, rows);
        encoder = filled(d, size, in);
        encoderBias = filled(1, d, bias);
        decoder = filled(d, size, out);
        mean = filled(1, size, centre);
    }

    private static Tensor filled(int rows, int columns, float[] values) {
        Tensor tensor = Tensor.zeros(rows, columns);
        tensor.put(values);
        return tensor;
    }

    /** The kept components V_d, {@code [d, P*P*C]}. */
    Tensor components() {
        return components;
    }

    /** {@code z = scale V_d (patch - mean)}: {@code [n L, P*P*C] -> [n L, d]}. */
    void encode(Kernels kernels, Tensor patches, Tensor z) {
        kernels.tile(encoderBias, 0, z);
        kernels.gemm(Transpose.SECOND, patches, encoder, 1, z);
    }

    /** {@code patch = mean + V_d^T z / scale}: {@code [n L, d] -> [n L, P*P*C]}. */
    void decode(Kernels kernels, Tensor z, Tensor patches) {
        kernels.tile(mean, 0, patches);
        kernels.gemm(Transpose.NONE, z, decoder, 1, patches);
    }

    /** Gradient of {@link #encode} by its patches. */
    void encodeBackward(Kernels kernels, Tensor dz, Tensor dPatches) {
        kernels.gemm(Transpose.NONE, dz, encoder, 0, dPatches);
    }

    @Override
    public void close() {
        components.close();
        encoder.close();
        encoderBias.close();
        decoder.close();
        mean.close();
    }
}
