package org.ldae.tokenizers;

import org.jspecify.annotations.Nullable;
import org.ldae.compute.Kernels;
import org.ldae.compute.Kernels.Transpose;
import org.ldae.compute.Tensor;
import org.ldae.nn.Workspace;

/** Linear patch tokenizers as matrices of the compute floor. */
final class LinearCodec implements Codec {

    private final Kernels kernels;
    /** {@code [P*P*C, d]}: of both orders the faster in a product with many rows. */
    private final Tensor encoder;

    private final Tensor encoderBias;
    private final Tensor decoder;
    private final Tensor decoderBias;

    /** Minus the patch that is taken off before the product, and where, if it is. */
    private @Nullable Tensor centre;

    private @Nullable Tensor centred;

    /** The maps {@code z = E x + e} and {@code x = F^T z + f}, still zero; {@code size} is P*P*C. */
    LinearCodec(Workspace work, int dimension, int size) {
        kernels = work.kernels();
        encoder = work.allocate(size, dimension);
        encoderBias = work.allocate(1, dimension);
        decoder = work.allocate(dimension, size);
        decoderBias = work.allocate(1, size);
    }

    /** Sets E {@code [d, P*P*C]}, row-major, and e. */
    LinearCodec encodingBy(float[] matrix, float[] bias) {
        float[] transposed = new float[matrix.length];
        for (int i = 0; i < matrix.length; i++) {
            transposed[i % encoder.rows() * encoder.columns() + i / encoder.rows()] = matrix[i];
        }
        encoder.put(transposed);
        encoderBias.put(bias);
        return this;
    }

    /** Takes a patch off before encoding, into scratch of at least as many rows as are encoded at a time. */
    LinearCodec centredBy(Workspace work, int patches, float[] patch) {
        float[] minus = new float[patch.length];
        for (int j = 0; j < minus.length; j++) {
            minus[j] = -patch[j];
        }
        centre = work.allocate(1, minus.length);
        centre.put(minus);
        centred = work.allocate(patches, minus.length);
        return this;
    }

    /** Sets F {@code [d, P*P*C]}, row-major, and f. */
    LinearCodec decodingBy(float[] matrix, float[] bias) {
        decoder.put(matrix);
        decoderBias.put(bias);
        return this;
    }

    @Override
    public void encode(Tensor patches, Tensor latents) {
        kernels.tile(encoderBias, latents);
        kernels.gemm(Transpose.NONE, centred(patches), encoder, 1, latents);
    }

    private Tensor centred(Tensor patches) {
        if (centre == null || centred == null) {
            return patches;
        }
        Tensor some =
                patches.rows() == centred.rows() ? centred : centred.view(0, patches.rows(), 0, patches.columns());
        kernels.addTile(patches, centre, some);
        return some;
    }

    @Override
    public void decode(Tensor latents, Tensor patches) {
        kernels.tile(decoderBias, patches);
        kernels.gemm(Transpose.NONE, latents, decoder, 1, patches);
    }

    @Override
    public void encodeBackward(Tensor dLatents, Tensor dPatches) {
        kernels.gemm(Transpose.SECOND, dLatents, encoder, 0, dPatches);
    }
}
