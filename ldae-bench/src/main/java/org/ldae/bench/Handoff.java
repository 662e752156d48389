package org.ldae.bench;

import java.io.IOException;
import java.nio.file.Path;
import org.ldae.checkpoint.Safetensors;
import org.ldae.checkpoint.SafetensorsBuilder;
import org.ldae.nn.Parameters;
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

    void write(Path path) throws IOException {
        file.write(path);
    }
}
