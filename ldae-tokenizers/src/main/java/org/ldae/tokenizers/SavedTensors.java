package org.ldae.tokenizers;

import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Reads back what a tokenizer gave to be saved, refusing anything else. */
final class SavedTensors {

    private SavedTensors() {}

    /** Copies a float64 tensor of a known shape. */
    static double[] read(Map<String, INDArray> tensors, String name, long... shape) {
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

    /** Copies a float64 vector of positive numbers. */
    static double[] readPositive(Map<String, INDArray> tensors, String name, int length) {
        double[] values = read(tensors, name, length);
        if (Arrays.stream(values).anyMatch(value -> value <= 0)) {
            throw new IllegalArgumentException("tensors: expected a positive %s, got %s; the file is damaged"
                    .formatted(name, Arrays.toString(values)));
        }
        return values;
    }
}
