package org.ldae.tokenizers;

import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.ldae.core.Shapes;
import org.ldae.nn.Parameters;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Reads back what a tokenizer gave to be saved, refusing anything else. */
public final class SavedTensors {

    private SavedTensors() {}

    /**
     * Copies a float64 tensor of a known shape.
     *
     * @param tensors what {@link Tokenizer#tensors} gave
     * @param name of the tensor
     * @param shape it must have
     * @return its numbers, row by row
     * @throws IllegalArgumentException if it is missing, of another shape or type, or not finite
     */
    public static double[] read(Map<String, INDArray> tensors, String name, long... shape) {
        @Nullable INDArray tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException(
                    "tensors: expected %s float64 %s, got only %s; were they saved from this kind of tokenizer?"
                            .formatted(name, Arrays.toString(shape), tensors.keySet()));
        }
        if (tensor.dataType() != DataType.DOUBLE || !Arrays.equals(tensor.shape(), shape)) {
            throw new IllegalArgumentException(
                    "tensors: expected %s float64 %s, got %s %s; do the options and the image shape belong to these tensors?"
                            .formatted(
                                    name, Arrays.toString(shape), tensor.dataType(), Arrays.toString(tensor.shape())));
        }
        double[] values = tensor.dup('c').data().asDouble();
        if (!Arrays.stream(values).allMatch(Double::isFinite)) {
            throw new IllegalArgumentException(
                    "tensors: expected finite numbers in %s, got others; the file is damaged".formatted(name));
        }
        return values;
    }

    /**
     * A network's parameters from float32 matrices of their names; all are there before memory is taken.
     *
     * @param tensors what {@link Tokenizer#tensors} gave
     * @param layout of the network
     * @return the parameters; close them to free their memory
     * @throws IllegalArgumentException if one is missing, of another shape or not finite
     */
    public static Parameters read(Map<String, INDArray> tensors, Parameters.Layout layout) {
        for (Parameters.Slot slot : layout.slots()) {
            of(tensors, slot);
        }
        Parameters parameters = layout.zeros();
        try {
            for (Parameters.Slot slot : layout.slots()) {
                float[] values = finite(slot.name(), of(tensors, slot));
                parameters.view(parameters.values(), slot.name()).put(values);
            }
            return parameters;
        } catch (RuntimeException | Error e) {
            parameters.close();
            throw e;
        }
    }

    private static INDArray of(Map<String, INDArray> tensors, Parameters.Slot slot) {
        @Nullable INDArray tensor = tensors.get(slot.name());
        if (tensor == null) {
            throw new IllegalArgumentException(
                    "tensors: expected %s, got only %s; were they saved from this kind of tokenizer?"
                            .formatted(slot.name(), tensors.keySet()));
        }
        return Shapes.require(slot.name(), tensor, "rows columns", slot.rows(), slot.columns());
    }

    private static float[] finite(String name, INDArray tensor) {
        float[] values = tensor.dup('c').data().asFloat();
        for (float value : values) {
            if (!Float.isFinite(value)) {
                throw new IllegalArgumentException(
                        "tensors: expected finite numbers in %s, got %s; the file is damaged".formatted(name, value));
            }
        }
        return values;
    }

    /**
     * Copies a float64 vector of positive numbers.
     *
     * @param tensors what {@link Tokenizer#tensors} gave
     * @param name of the tensor
     * @param length it must have
     * @return its numbers
     * @throws IllegalArgumentException if it is missing, of another shape or type, or not positive
     */
    public static double[] readPositive(Map<String, INDArray> tensors, String name, int length) {
        double[] values = read(tensors, name, length);
        if (Arrays.stream(values).anyMatch(value -> value <= 0)) {
            throw new IllegalArgumentException("tensors: expected a positive %s, got %s; the file is damaged"
                    .formatted(name, Arrays.toString(values)));
        }
        return values;
    }
}
