package org.ldae.compute;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Arrays that the scripts in src/test/python computed with PyTorch and numpy. */
public final class Golden {

    private static final Gson GSON = new Gson();

    private final JsonObject arrays;

    private Golden(JsonObject arrays) {
        this.arrays = arrays;
    }

    /** Reads {@code golden/<path>.json}. */
    public static Golden read(String path) {
        try (InputStream in = Golden.class.getResourceAsStream("/golden/" + path + ".json")) {
            assertNotNull(in, path);
            return new Golden(GSON.fromJson(new InputStreamReader(in, StandardCharsets.UTF_8), JsonObject.class));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private <T> T part(String name, String part, Class<T> type) {
        assertTrue(arrays.has(name), name);
        return GSON.fromJson(arrays.getAsJsonObject(name).get(part), type);
    }

    public double[] doubles(String name) {
        return part(name, "data", double[].class);
    }

    public float[] floats(String name) {
        return part(name, "data", float[].class);
    }

    /** The array with its leading axes joined into rows. */
    public Tensor tensor(String name) {
        int[] shape = part(name, "shape", int[].class);
        float[] data = floats(name);
        int columns = shape[shape.length - 1];
        Tensor tensor = Tensor.zeros(data.length / columns, columns);
        tensor.put(data);
        return tensor;
    }
}
