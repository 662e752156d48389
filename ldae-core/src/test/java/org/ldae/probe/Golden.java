package org.ldae.probe;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Numbers by name, as {@code src/test/python/golden_probe.py} writes them. */
final class Golden {

    private final Map<String, double[]> values = new HashMap<>();

    static Golden read(String name) {
        InputStream stream = Golden.class.getResourceAsStream("/golden/probe/" + name + ".txt");
        Golden golden = new Golden();
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(Objects.requireNonNull(stream), StandardCharsets.UTF_8))) {
            reader.lines().forEach(line -> {
                int colon = line.indexOf(": ");
                golden.values.put(
                        line.substring(0, colon),
                        Arrays.stream(line.substring(colon + 2).split(" "))
                                .mapToDouble(Double::parseDouble)
                                .toArray());
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return golden;
    }

    double[] numbers(String name) {
        return Objects.requireNonNull(values.get(name), name);
    }

    double number(String name) {
        return numbers(name)[0];
    }

    int[] integers(String name) {
        return Arrays.stream(numbers(name)).mapToInt(v -> (int) v).toArray();
    }

    INDArray matrix(String name, int columns) {
        double[] numbers = numbers(name);
        float[] floats = new float[numbers.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) numbers[i];
        }
        return Nd4j.create(floats, new long[] {floats.length / columns, columns}, 'c');
    }
}
