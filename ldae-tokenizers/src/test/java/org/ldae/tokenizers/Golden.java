package org.ldae.tokenizers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.ldae.checkpoint.Safetensors;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A safetensors file that a script in src/test/python computed with PyTorch. */
public final class Golden {

    private final Safetensors file;

    private Golden(Safetensors file) {
        this.file = file;
    }

    /** Where {@code golden/<path>.safetensors} is. */
    public static Path path(String path) {
        String name = "/golden/" + path + ".safetensors";
        try {
            return Path.of(
                    Objects.requireNonNull(Golden.class.getResource(name), name).toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    public static Golden read(String path) {
        try {
            return new Golden(Safetensors.read(path(path)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public List<String> names() {
        return file.names();
    }

    public boolean has(String name) {
        return file.has(name);
    }

    public INDArray array(String name) {
        try {
            return file.tensor(name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public float[] floats(String name) {
        return array(name).data().asFloat();
    }

    public double number(String name) {
        return array(name).getDouble(0);
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
