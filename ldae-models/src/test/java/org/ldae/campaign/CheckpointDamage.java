package org.ldae.campaign;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.apache.commons.rng.UniformRandomProvider;
import org.ldae.core.Rng;
import org.ldae.testing.Mutations;

/** Damage of what JSON means, in a text or in the header of a safetensors file: names, values and whole branches. */
final class CheckpointDamage {

    private final UniformRandomProvider random;

    private CheckpointDamage(Rng rng) {
        random = rng.stream("choice").generator();
    }

    /** A safetensors file whose bytes, header or metadata differ. */
    static byte[] file(byte[] file, byte[] donor, Rng rng) {
        CheckpointDamage damage = new CheckpointDamage(rng);
        return damage.random.nextInt(3) == 0 ? Mutations.of(file, donor, rng) : damage.header(file, rng.stream("text"));
    }

    /** A JSON text whose bytes or content differ. */
    static byte[] text(byte[] file, byte[] donor, Rng rng) {
        CheckpointDamage damage = new CheckpointDamage(rng);
        return damage.random.nextInt(3) == 0
                ? Mutations.of(file, donor, rng)
                : damage.other(new String(file, StandardCharsets.UTF_8), rng.stream("text"))
                        .getBytes(StandardCharsets.UTF_8);
    }

    private byte[] header(byte[] file, Rng rng) {
        int length = Math.toIntExact(
                ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong());
        JsonObject header = JsonParser.parseString(new String(file, Long.BYTES, length, StandardCharsets.UTF_8))
                .getAsJsonObject();
        JsonObject metadata = Objects.requireNonNullElseGet(header.getAsJsonObject("__metadata__"), JsonObject::new);
        if (metadata.isEmpty() || random.nextInt(3) == 0) {
            change(header);
        } else {
            String key = any(metadata);
            metadata.addProperty(key, other(metadata.get(key).getAsString(), rng));
            if (random.nextInt(20) == 0) {
                metadata.remove(key);
            }
        }
        byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
        int tensors = file.length - Long.BYTES - length;
        return ByteBuffer.allocate(Long.BYTES + json.length + tensors)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json)
                .put(file, Long.BYTES + length, tensors)
                .array();
    }

    private String other(String text, Rng rng) {
        if (random.nextInt(4) != 0) {
            try {
                JsonElement tree = JsonParser.parseString(text);
                if (tree.isJsonObject() && !tree.getAsJsonObject().isEmpty()) {
                    change(tree.getAsJsonObject());
                    return tree.toString();
                }
            } catch (JsonParseException e) {
                return ""; // a text that isn't JSON
            }
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return new String(Mutations.of(bytes, bytes, rng), StandardCharsets.ISO_8859_1);
    }

    /** Changes one value somewhere in a tree, its name, or leaves it out. */
    private void change(JsonObject tree) {
        String key = any(tree);
        JsonElement value = tree.get(key);
        if (value.isJsonObject() && !value.getAsJsonObject().isEmpty() && random.nextInt(5) != 0) {
            change(value.getAsJsonObject());
            return;
        }
        tree.remove(key);
        switch (random.nextInt(11)) {
            case 0 -> {} // left out
            case 1 -> tree.add(key + "x", value);
            case 2 -> tree.add(key, JsonNull.INSTANCE);
            case 3 -> tree.add(key, new JsonArray());
            case 4 -> tree.add(key, new JsonObject());
            case 5 -> tree.addProperty(key, "3 8");
            case 6 -> tree.addProperty(key, random.nextInt(-2, 40));
            case 7 -> tree.addProperty(key, 400_000);
            case 8 -> tree.addProperty(key, 2_000_000_000);
            case 9 -> tree.add(key, new JsonPrimitive(1e300));
            default -> tree.addProperty(key, 0.5);
        }
    }

    private String any(JsonObject tree) {
        return List.copyOf(tree.keySet()).get(random.nextInt(tree.size()));
    }
}
