package org.ldae.compute;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.google.gson.Gson;
import com.google.gson.reflect.TypeToken;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Arrays that the scripts in src/test/python computed with PyTorch and numpy. */
public final class Golden {

    private record Entry(int[] shape, double[] data) {}

    private final Map<String, Entry> entries;

    private Golden(Map<String, Entry> entries) {
        this.entries = entries;
    }

    /** Reads {@code golden/<path>.json}. */
    public static Golden read(String path) {
        try (InputStream in = Golden.class.getResourceAsStream("/golden/" + path + ".json")) {
            assertNotNull(in, path);
            Reader reader = new InputStreamReader(in, StandardCharsets.UTF_8);
            return new Golden(new Gson().fromJson(reader, new TypeToken<Map<String, Entry>>() {}.getType()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Entry entry(String name) {
        Entry entry = entries.get(name);
        assertNotNull(entry, name);
        return entry;
    }

    public double[] doubles(String name) {
        return entry(name).data();
    }

    public float[] floats(String name) {
        double[] data = doubles(name);
        float[] floats = new float[data.length];
        for (int i = 0; i < data.length; i++) {
            floats[i] = (float) data[i];
        }
        return floats;
    }

    /** The array with its leading axes joined into rows. */
    public Tensor tensor(String name) {
        int[] shape = entry(name).shape();
        int columns = shape[shape.length - 1];
        Tensor tensor = Tensor.zeros(doubles(name).length / columns, columns);
        tensor.put(floats(name));
        return tensor;
    }
}
