package org.ldae.bench.libtorch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Reads what the speed report hands over: float32 tensors and numbers of a safetensors file. */
final class Handed {

    private Handed() {}

    /** All tensors by name; a number is a tensor without axes. */
    static Map<String, PtNDArray> read(Path file, PtNDManager manager) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int length = Math.toIntExact(bytes.getLong());
        String header = new String(bytes.array(), Long.BYTES, length, StandardCharsets.UTF_8);
        bytes.position(Long.BYTES + length);
        Map<String, PtNDArray> tensors = new HashMap<>();
        for (Map.Entry<String, JsonElement> entry :
                JsonParser.parseString(header).getAsJsonObject().entrySet()) {
            JsonObject value = entry.getValue().getAsJsonObject();
            if (entry.getKey().equals("__metadata__")) {
                value.entrySet()
                        .forEach(number -> tensors.put(number.getKey(), (PtNDArray)
                                manager.create(number.getValue().getAsDouble())));
            } else {
                tensors.put(entry.getKey(), (PtNDArray)
                        tensor(value, bytes.slice().order(ByteOrder.LITTLE_ENDIAN), manager));
            }
        }
        return tensors;
    }

    private static NDArray tensor(JsonObject entry, ByteBuffer body, PtNDManager manager) throws IOException {
        if (!entry.get("dtype").getAsString().equals("F32")) {
            throw new IOException("expected F32 tensors, got " + entry);
        }
        JsonArray offsets = entry.getAsJsonArray("data_offsets");
        int begin = offsets.get(0).getAsInt();
        JsonArray axes = entry.getAsJsonArray("shape");
        long[] shape = new long[axes.size()];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = axes.get(i).getAsLong();
        }
        ByteBuffer numbers =
                body.slice(begin, offsets.get(1).getAsInt() - begin).order(ByteOrder.LITTLE_ENDIAN);
        return manager.create(numbers.asFloatBuffer(), new Shape(shape), DataType.FLOAT32);
    }
}
