package org.ldae.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.ldae.checkpoint.Safetensors;
import org.ldae.compute.Tensor;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Arrays that a script in src/test/python computed, in a safetensors file among the resources. */
public final class Golden {

    private final Safetensors file;

    private Golden(Safetensors file) {
        this.file = file;
    }

    /** Reads {@code golden/<path>.safetensors}. */
    public static Golden read(String path) {
        try {
            return new Golden(Safetensors.read(path(path)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where {@code golden/<path>.safetensors} is. */
    public static Path path(String path) {
        return file(path + ".safetensors");
    }

    /** Where {@code golden/<path>} is, a file or a folder. */
    public static Path file(String path) {
        URL url = Objects.requireNonNull(Golden.class.getResource("/golden/" + path), path);
        try {
            return Path.of(url.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    public List<String> names() {
        return file.names();
    }

    public boolean has(String name) {
        return file.has(name);
    }

    /** An array as it is stored. */
    public INDArray array(String name) {
        try {
            return file.tensor(name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public INDArray floatArray(String name) {
        return array(name).castTo(DataType.FLOAT);
    }

    public float[] floats(String name) {
        return array(name).data().asFloat();
    }

    public double[] doubles(String name) {
        return array(name).data().asDouble();
    }

    public int[] integers(String name) {
        return array(name).data().asInt();
    }

    public double number(String name) {
        return array(name).getDouble(0);
    }

    /** The array with its leading axes joined into rows. */
    public Tensor tensor(String name) {
        INDArray array = array(name);
        int columns = (int) array.size(-1);
        Tensor tensor = Tensor.zeros((int) array.length() / columns, columns);
        tensor.put(array.data().asFloat());
        return tensor;
    }

    /** Asserts equality up to a part of the largest magnitude. */
    public void assertClose(String name, float[] actual, double tolerance) {
        assertClose(name, floats(name), actual, tolerance);
    }

    /** Asserts equality up to a part of the largest magnitude. */
    public static void assertClose(String name, float[] expected, float[] actual, double tolerance) {
        assertEquals(expected.length, actual.length, name);
        double largest = 1e-30;
        double worst = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            worst = Math.max(worst, Math.abs((double) expected[i] - actual[i])); // max keeps a NaN
        }
        double error = worst / largest;
        assertTrue(
                error <= tolerance,
                () -> "%s: off by %.3g of the largest, allowed %.3g".formatted(name, error, tolerance));
    }
}
