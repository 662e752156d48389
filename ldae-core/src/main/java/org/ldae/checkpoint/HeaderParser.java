package org.ldae.checkpoint;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the header's JSON token by token, so that names given twice are seen. */
final class HeaderParser {

    /** The most axes an array can have. */
    private static final int MOST_AXES = 32;

    private final Path file;
    private final JsonReader json;

    private HeaderParser(Path file, String text) {
        this.file = file;
        this.json = new JsonReader(new StringReader(text));
        json.setStrictness(Strictness.STRICT);
    }

    /** The header that a text says, its tensors in the order of the text; where they lie is not yet checked. */
    static Header parse(Path file, String text) throws CheckpointException {
        if (!text.startsWith("{")) {
            throw new CheckpointException(
                    file,
                    "header: expected JSON that begins with '{', got %s; is this a safetensors file?"
                            .formatted(text.isEmpty() ? "nothing" : "'" + text.charAt(0) + "'"));
        }
        HeaderParser parser = new HeaderParser(file, text);
        try {
            return parser.header();
        } catch (CheckpointException e) {
            throw e;
        } catch (IOException e) { // what the JSON reader throws for a malformed text
            throw new CheckpointException(
                    file,
                    "header: expected one JSON object, got malformed text after %s; the file is damaged"
                            .formatted(parser.json.getPath()),
                    e);
        }
    }

    private Header header() throws IOException {
        Map<String, TensorInfo> tensors = new LinkedHashMap<>();
        Map<String, String> metadata = Map.of();
        boolean hasMetadata = false;
        json.beginObject();
        while (json.hasNext()) {
            String name = json.nextName();
            if (tensors.containsKey(name) || (hasMetadata && name.equals(Header.METADATA))) {
                throw twice("header", name);
            }
            if (name.equals(Header.METADATA)) {
                metadata = metadata();
                hasMetadata = true;
            } else {
                tensors.put(name, tensor(name));
            }
        }
        json.endObject();
        if (json.peek() != JsonToken.END_DOCUMENT) {
            throw wrong("header", "only blanks after the object", json.peek());
        }
        return new Header(tensors, metadata);
    }

    private Map<String, String> metadata() throws IOException {
        Map<String, String> metadata = new LinkedHashMap<>();
        if (json.peek() == JsonToken.NULL) {
            json.nextNull();
            return Map.of();
        }
        begin(Header.METADATA);
        while (json.hasNext()) {
            String key = json.nextName();
            if (json.peek() != JsonToken.STRING) {
                throw wrong(Header.METADATA + " '" + key + "'", "a string", json.peek());
            }
            if (metadata.put(key, json.nextString()) != null) {
                throw twice(Header.METADATA, key);
            }
        }
        json.endObject();
        return Collections.unmodifiableMap(metadata);
    }

    private TensorInfo tensor(String name) throws IOException {
        String where = "tensor '" + name + "'";
        String dtype = null;
        List<Long> shape = null;
        List<Long> offsets = null;
        begin(where);
        while (json.hasNext()) {
            String key = json.nextName();
            switch (key) {
                case "dtype" -> dtype = once(where, key, dtype, dtype(where));
                case "shape" -> shape = once(where, key, shape, integers(where, key));
                case "data_offsets" -> offsets = once(where, key, offsets, integers(where, key));
                default -> throw wrong(where, "dtype, shape and data_offsets only", "'" + key + "'");
            }
        }
        json.endObject();
        if (dtype == null || shape == null || offsets == null) {
            String missing = dtype == null ? "no dtype" : shape == null ? "no shape" : "no data_offsets";
            throw wrong(where, "dtype, shape and data_offsets", missing);
        }
        if (offsets.size() != 2) {
            throw wrong(where, "data_offsets of a begin and an end", offsets);
        }
        if (shape.size() > MOST_AXES) {
            throw wrong(where, "a shape of at most " + MOST_AXES + " axes", shape.size());
        }
        return new TensorInfo(dtype, shape, offsets.get(0), offsets.get(1));
    }

    private String dtype(String where) throws IOException {
        if (json.peek() != JsonToken.STRING) {
            throw wrong(where, "a dtype in quotes", json.peek());
        }
        return json.nextString();
    }

    private List<Long> integers(String where, String key) throws IOException {
        String expected = key + " of integers from 0 to " + Long.MAX_VALUE;
        if (json.peek() != JsonToken.BEGIN_ARRAY) {
            throw wrong(where, expected, json.peek());
        }
        List<Long> values = new ArrayList<>();
        json.beginArray();
        while (json.hasNext()) {
            if (json.peek() != JsonToken.NUMBER) {
                throw wrong(where, expected, json.peek());
            }
            String digits = json.nextString();
            values.add(natural(digits).orElseThrow(() -> wrong(where, expected, digits)));
        }
        json.endArray();
        return values;
    }

    private static Optional<Long> natural(String digits) {
        try {
            long value = Long.parseLong(digits);
            return value < 0 ? Optional.empty() : Optional.of(value);
        } catch (NumberFormatException e) { // a fraction, an exponent or too many digits
            return Optional.empty();
        }
    }

    private void begin(String where) throws IOException {
        if (json.peek() != JsonToken.BEGIN_OBJECT) {
            throw wrong(where, "an object", json.peek());
        }
        json.beginObject();
    }

    private <T> T once(String where, String key, @Nullable T before, T value) throws CheckpointException {
        if (before != null) {
            throw twice(where, key);
        }
        return value;
    }

    private CheckpointException twice(String where, String name) {
        return new CheckpointException(file, "%s: expected each name once, got '%s' twice".formatted(where, name));
    }

    private CheckpointException wrong(String where, String expected, Object actual) {
        return new CheckpointException(file, "%s: expected %s, got %s".formatted(where, expected, actual));
    }
}
