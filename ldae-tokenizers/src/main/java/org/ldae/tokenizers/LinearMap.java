package org.ldae.tokenizers;

import java.util.LinkedHashMap;
import java.util.Map;
import org.ldae.inference.HeapCopy;
import org.ldae.nn.Workspace;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What a linear tokenizer comes down to, in double: {@code z = scale * E (x - mean)} and {@code x = mean + F^T (z / scale)}.
 *
 * <p>Never changed after it is made; accessors inside this package hand out the arrays themselves.
 */
final class LinearMap {

    private final double[] mean;
    private final double[] encoder;
    private final double[] decoder;
    private final double[] scale;

    /** Matrices E and F are {@code [d, D]}, row-major; more rows than the scale has numbers are never looked at. */
    LinearMap(double[] mean, double[] encoder, double[] decoder, double[] scale) {
        this.mean = mean;
        this.encoder = encoder;
        this.decoder = decoder;
        this.scale = scale;
    }

    /** The map whose {@link #tensors} these are. */
    static LinearMap restore(Map<String, INDArray> tensors, int dimension, int size) {
        return new LinearMap(
                SavedTensors.read(tensors, "mean", size),
                SavedTensors.read(tensors, "encoder", dimension, size),
                SavedTensors.read(tensors, "decoder", dimension, size),
                SavedTensors.readPositive(tensors, "scale", dimension));
    }

    /** New float64 arrays by name. */
    Map<String, INDArray> tensors() {
        Map<String, INDArray> tensors = new LinkedHashMap<>();
        tensors.put("mean", HeapCopy.of(mean, size()));
        tensors.put("encoder", HeapCopy.of(encoder, dimension(), size()));
        tensors.put("decoder", HeapCopy.of(decoder, dimension(), size()));
        tensors.put("scale", HeapCopy.of(scale, dimension()));
        return tensors;
    }

    /** Numbers in a patch, D. */
    int size() {
        return mean.length;
    }

    /** Numbers in a latent token, d. */
    int dimension() {
        return scale.length;
    }

    /** Mean patch {@code [D]}. */
    double[] mean() {
        return mean;
    }

    /** Rows of E before the scale, {@code [d, D]} or longer. */
    double[] encoder() {
        return encoder;
    }

    /** Rows of F before the scale, {@code [d, D]} or longer. */
    double[] decoder() {
        return decoder;
    }

    /** Factor on each latent {@code [d]}. */
    double[] scale() {
        return scale;
    }

    /** The same maps as a stage of a training step, the mean folded into biases. */
    LinearCodec codec(Workspace work) {
        return new LinearCodec(work, dimension(), size())
                .encodingBy(scaledEncoder(), encoderBias())
                .decodingBy(scaledDecoder(), HeapCopy.floats(mean));
    }

    /** The scaled latents of minus the mean patch, {@code [d]}. */
    float[] encoderBias() {
        float[] bias = new float[dimension()];
        for (int k = 0; k < bias.length; k++) {
            double dot = 0;
            for (int j = 0; j < size(); j++) {
                dot += encoder[k * size() + j] * mean[j];
            }
            bias[k] = (float) (-dot * scale[k]);
        }
        return bias;
    }

    /** From centred patches to scaled latents, {@code [d, D]}. */
    float[] scaledEncoder() {
        float[] scaled = new float[dimension() * size()];
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] = (float) (encoder[i] * scale[i / size()]);
        }
        return scaled;
    }

    /** From scaled latents to centred patches, transposed: {@code [d, D]}. */
    float[] scaledDecoder() {
        float[] scaled = new float[dimension() * size()];
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] = (float) (decoder[i] / scale[i / size()]);
        }
        return scaled;
    }
}
