package org.ldae.bench;

import java.io.IOException;
import java.nio.file.Path;
import org.ldae.checkpoint.Safetensors;
import org.ldae.checkpoint.SafetensorsBuilder;
import org.ldae.nn.Parameters;
import org.ldae.tokenizers.linear.PatchPCA;
import org.ldae.training.AdamW;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What a peer needs to do the same work: sizes, inputs and start values, in one safetensors file. */
final class Handoff {

    private final SafetensorsBuilder file = Safetensors.builder();

    Handoff number(String name, double value) {
        boolean whole = value == Math.rint(value);
        file.metadata(name, whole ? Long.toString((long) value) : Double.toString(value));
        return this;
    }

    Handoff adamw(double rate, AdamW.Options options) {
        return number("rate", rate)
                .number("beta1", options.beta1())
                .number("beta2", options.beta2())
                .number("epsilon", options.epsilon())
                .number("decay", options.weightDecay());
    }

    /** What is no number, such as a path. */
    Handoff text(String name, String value) {
        file.metadata(name, value);
        return this;
    }

    Handoff tensor(String name, INDArray array) {
        file.tensor(name, array);
        return this;
    }

    Handoff floats(String name, float[] numbers, int rows) {
        return tensor(name, Nd4j.createFromArray(numbers).reshape('c', rows, numbers.length / rows));
    }

    /** All start values under the names of the parameters. */
    Handoff parameters(Parameters parameters) {
        for (String name : parameters.names()) {
            tensor(name, parameters.view(parameters.values(), name).array());
        }
        return this;
    }

    /** The maps {@code z = E x + e} and {@code x = F z + f} between patches and latents. */
    Handoff linearCodec(PatchPCA pca) {
        int size = pca.grid().patchSize();
        int kept = pca.dimension();
        float[] basis = pca.basis().data().asFloat();
        float[] mean = pca.mean().data().asFloat();
        float[] scale = pca.scale().data().asFloat();
        float[] encoder = new float[kept * size];
        float[] decoder = new float[size * kept];
        float[] bias = new float[kept];
        for (int k = 0; k < kept; k++) {
            double dot = 0;
            for (int j = 0; j < size; j++) {
                encoder[k * size + j] = basis[k * size + j] * scale[k];
                decoder[j * kept + k] = basis[k * size + j] / scale[k];
                dot += (double) encoder[k * size + j] * mean[j];
            }
            bias[k] = (float) -dot;
        }
        return floats("encoder", encoder, kept)
                .floats("encoder_bias", bias, 1)
                .floats("decoder", decoder, size)
                .floats("decoder_bias", mean, 1);
    }

    void write(Path path) throws IOException {
        file.write(path);
    }
}
