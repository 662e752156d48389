package org.ldae.checkpoint;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/**
 * The JSON at the start of a safetensors file.
 *
 * @param tensors what lies where, in the order of the file
 * @param metadata free text by key
 */
record Header(Map<String, TensorInfo> tensors, Map<String, String> metadata) {

    /** The one name that no tensor can have. */
    static final String METADATA = "__metadata__";

    /** Longest header that is read or written, in bytes; the reference implementation's limit. */
    static final int LONGEST = 100_000_000;

    /**
     * The eight bytes of its length and the JSON, padded with blanks so that the tensors start at a multiple of 8.
     *
     * @param longest the most bytes of JSON and padding; {@link #LONGEST} for a file that others shall read
     */
    ByteBuffer encode(int longest) {
        return encode(0, longest);
    }

    /**
     * The same, with as many blanks as make it no shorter than asked.
     *
     * @param least the fewest bytes of JSON and padding, a multiple of 8
     * @param longest the most
     */
    ByteBuffer encode(int least, int longest) {
        byte[] json = json().getBytes(StandardCharsets.UTF_8);
        int padded = Math.max(least, Math.addExact(json.length, -json.length & 7));
        if (padded > longest) {
            throw new IllegalArgumentException(
                    "header: expected at most %d bytes of names, shapes and metadata, got %d; store less metadata"
                            .formatted(longest, padded));
        }
        byte[] bytes = new byte[Long.BYTES + padded];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(padded).put(json);
        Arrays.fill(bytes, Long.BYTES + json.length, bytes.length, (byte) ' ');
        return ByteBuffer.wrap(bytes);
    }

    private String json() {
        StringWriter text = new StringWriter();
        try (JsonWriter json = new JsonWriter(text)) {
            json.beginObject();
            if (!metadata.isEmpty()) {
                json.name(METADATA).beginObject();
                for (Map.Entry<String, String> entry : metadata.entrySet()) {
                    json.name(entry.getKey()).value(entry.getValue());
                }
                json.endObject();
            }
            for (Map.Entry<String, TensorInfo> entry : tensors.entrySet()) {
                write(entry.getValue(), json.name(entry.getKey()));
            }
            json.endObject();
        } catch (IOException e) {
            throw new UncheckedIOException("a string can't fail to be written", e);
        }
        return text.toString();
    }

    private static void write(TensorInfo tensor, JsonWriter json) throws IOException {
        json.beginObject().name("dtype").value(tensor.type());
        json.name("shape").beginArray();
        for (long length : tensor.shape()) {
            json.value(length);
        }
        json.endArray().name("data_offsets").beginArray();
        json.value(tensor.begin()).value(tensor.end()).endArray().endObject();
    }
}
