package org.ldae.training;

import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.ldae.checkpoint.CheckpointException;
import org.ldae.checkpoint.Safetensors;
import org.ldae.checkpoint.SafetensorsBuilder;
import org.ldae.compute.Tensor;
import org.ldae.nn.Parameters;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** How parameters lie in a safetensors file: a tensor each, named by a prefix and their path. */
public final class ParameterTensors {

    private ParameterTensors() {}

    /**
     * Adds parameters to a file.
     *
     * @param builder of the file
     * @param prefix of the names, such as {@code "denoiser."}
     * @param parameters whose names and shapes
     * @param flat their values, or a buffer of the same layout
     */
    public static void put(SafetensorsBuilder builder, String prefix, Parameters parameters, Tensor flat) {
        for (Parameters.Slot slot : parameters.slots()) {
            builder.tensor(prefix + slot.name(), array(parameters, flat, slot));
        }
    }

    /**
     * Copies parameters out.
     *
     * @param parameters whose values
     * @return new arrays by path: vectors {@code [n]}, matrices {@code [rows, columns]}
     */
    public static Map<String, INDArray> arrays(Parameters parameters) {
        Map<String, INDArray> arrays = new LinkedHashMap<>();
        for (Parameters.Slot slot : parameters.slots()) {
            arrays.put(slot.name(), array(parameters, parameters.values(), slot));
        }
        return arrays;
    }

    private static INDArray array(Parameters parameters, Tensor flat, Parameters.Slot slot) {
        float[] values = parameters.view(flat, slot.name()).toArray();
        return Nd4j.createFromArray(values).reshape('c', shape(slot));
    }

    /**
     * Reads parameters; their names and shapes are compared with the file's before memory is taken.
     *
     * @param file a file
     * @param prefix of the names
     * @param layout what is expected
     * @return the parameters; close them to free their memory
     * @throws IOException if a tensor is missing, has another shape, is not finite or can't be read
     */
    public static Parameters read(Safetensors file, String prefix, Parameters.Layout layout) throws IOException {
        for (Parameters.Slot slot : layout.slots()) {
            requireShape(file, prefix, slot);
        }
        Parameters parameters = layout.zeros();
        try {
            fill(file, prefix, parameters, parameters.values());
            return parameters;
        } catch (IOException | RuntimeException e) {
            parameters.close();
            throw e;
        }
    }

    /**
     * Reads parameters into memory that is there.
     *
     * @param file a file
     * @param prefix of the names
     * @param parameters whose names and shapes
     * @param flat receives the numbers: their values, or a buffer of the same layout
     * @throws IOException if a tensor is missing, has another shape, is not finite or can't be read
     */
    public static void fill(Safetensors file, String prefix, Parameters parameters, Tensor flat) throws IOException {
        for (Parameters.Slot slot : parameters.slots()) {
            requireShape(file, prefix, slot);
            try (INDArray array = file.tensor(prefix + slot.name())) {
                float[] values = array.data().asFloat();
                requireFinite(file, prefix + slot.name(), values);
                parameters.view(flat, slot.name()).put(values);
            }
        }
    }

    private static long[] shape(Parameters.Slot slot) {
        return slot.rows() == 1 ? new long[] {slot.columns()} : new long[] {slot.rows(), slot.columns()};
    }

    private static void requireShape(Safetensors file, String prefix, Parameters.Slot slot) throws IOException {
        String name = prefix + slot.name();
        long[] actual = file.shape(name);
        if (!Arrays.equals(actual, shape(slot))) {
            throw new CheckpointException(
                    file.file(),
                    "tensor %s: expected %s as the network's sizes say, got %s"
                            .formatted(name, Arrays.toString(shape(slot)), Arrays.toString(actual)));
        }
    }

    private static void requireFinite(Safetensors file, String name, float[] values) throws IOException {
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw new CheckpointException(
                        file.file(),
                        "tensor %s: expected finite numbers, got %s at index %d; the file is damaged"
                                .formatted(name, values[i], i));
            }
        }
    }
}
