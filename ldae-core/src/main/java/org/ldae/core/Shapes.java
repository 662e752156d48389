package org.ldae.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The one style of shape errors: name, expected symbols and numbers, what came, and a hint. */
public final class Shapes {

    /** Accepts any length of an axis. */
    public static final long ANY = -1;

    private Shapes() {}

    /**
     * Checks an argument's type and shape.
     *
     * @param name name of the argument in the message
     * @param array the argument; must be float32
     * @param symbols letters of the axes, separated by blanks, such as {@code "N C H W"}
     * @param expected length of each axis, {@link #ANY} where it does not matter
     * @return the argument
     * @throws IllegalArgumentException naming the argument, what was expected and what came
     */
    public static INDArray require(String name, INDArray array, String symbols, long... expected) {
        long[] actual = array.shape();
        boolean fits = actual.length == expected.length;
        for (int i = 0; fits && i < expected.length; i++) {
            fits = expected[i] == ANY || expected[i] == actual[i];
        }
        if (!fits || array.dataType() != DataType.FLOAT) {
            throw new IllegalArgumentException("%s: expected float32 [%s] = [%s], got %s %s; %s"
                    .formatted(
                            name,
                            symbols.replace(" ", ", "),
                            describe(symbols, expected),
                            array.dataType() == DataType.FLOAT ? "float32" : array.dataType(),
                            Arrays.toString(actual),
                            hint(array, expected)));
        }
        return array;
    }

    /**
     * The array itself if it is row-major, contiguous and starts its buffer; a copy otherwise.
     *
     * @param array any array or view
     * @return an array whose elements lie in memory in row-major order
     */
    public static INDArray contiguous(INDArray array) {
        // isView() and ordering() say nothing of a permuted or reshaped array, so buffer and strides decide.
        boolean whole = array.offset() == 0 && array.data().length() == array.length();
        return whole && rowMajor(array) ? array : array.dup('c');
    }

    private static boolean rowMajor(INDArray array) {
        long expected = 1;
        for (int axis = array.rank() - 1; axis >= 0; axis--) {
            if (array.size(axis) != 1 && array.stride(axis) != expected) {
                return false;
            }
            expected *= array.size(axis);
        }
        return true;
    }

    private static String describe(String symbols, long[] expected) {
        String[] letters = symbols.split(" ");
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < expected.length; i++) {
            parts.add(expected[i] == ANY ? letters[i] : Long.toString(expected[i]));
        }
        return String.join(", ", parts);
    }

    private static String hint(INDArray array, long[] expected) {
        if (array.dataType() != DataType.FLOAT) {
            return "convert it with castTo(DataType.FLOAT)";
        }
        if (array.rank() == expected.length - 1) {
            return "a single item needs a leading axis of length 1: reshape it";
        }
        return array.rank() != expected.length ? "check the number of axes" : "check the length of each axis";
    }
}
