package org.ldae.models;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Arrays that the scripts in src/test/python computed. */
public final class Golden {

    private final JsonObject arrays;

    private Golden(JsonObject arrays) {
        this.arrays = arrays;
    }

    /** Reads {@code golden/models/<name>.json}. */
    public static Golden read(String name) {
        String path = "/golden/models/" + name + ".json";
        try (InputStream in = Objects.requireNonNull(Golden.class.getResourceAsStream(path), path)) {
            return new Golden(new Gson().fromJson(new InputStreamReader(in, StandardCharsets.UTF_8), JsonObject.class));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ByteBuffer bytes(String name, String type) {
        JsonObject entry = Objects.requireNonNull(arrays.getAsJsonObject(name), name);
        byte[] raw = Base64.getDecoder()
                .decode(Objects.requireNonNull(entry.get(type), name).getAsString());
        return ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN);
    }

    public float[] floats(String name) {
        ByteBuffer bytes = bytes(name, "float32");
        float[] values = new float[bytes.remaining() / Float.BYTES];
        bytes.asFloatBuffer().get(values);
        return values;
    }

    public double[] doubles(String name) {
        ByteBuffer bytes = bytes(name, "float64");
        double[] values = new double[bytes.remaining() / Double.BYTES];
        bytes.asDoubleBuffer().get(values);
        return values;
    }

    /** A float64 array in its shape. */
    public INDArray array(String name) {
        return Nd4j.createFromArray(doubles(name)).reshape('c', shape(name));
    }

    /** A float32 array in its shape. */
    public INDArray floatArray(String name) {
        return Nd4j.createFromArray(floats(name)).reshape('c', shape(name));
    }

    private long[] shape(String name) {
        return new Gson().fromJson(arrays.getAsJsonObject(name).get("shape"), long[].class);
    }
}
