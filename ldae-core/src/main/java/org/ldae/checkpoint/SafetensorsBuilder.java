package org.ldae.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.ldae.core.AtomicFile;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Collects tensors and text and writes them as one safetensors file; {@link Safetensors#builder} makes one.
 *
 * <p>The same content gives the same bytes in whatever order it was added: tensors lie as the reference implementation
 * puts them, by type as in {@link DType} and then by name. The builder keeps the arrays without copying them, so what is
 * written is what they hold at {@link #write}. Not safe to share between threads.
 */
public final class SafetensorsBuilder {

    /** By code points, as the reference implementation compares names. */
    private static final Comparator<String> BY_NAME =
            (a, b) -> Arrays.compareUnsigned(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));

    private final Map<String, String> metadata = new TreeMap<>(BY_NAME);
    private final Map<String, Source> tensors = new TreeMap<>(BY_NAME);

    SafetensorsBuilder() {}

    private record Source(INDArray array, DType dtype) {}

    /**
     * Adds a text.
     *
     * @param key its key, not yet used
     * @param value the text; JSON if it has parts
     * @return this builder
     */
    public SafetensorsBuilder metadata(String key, String value) {
        requireUnicode("metadata", key);
        requireUnicode("metadata '" + key + "'", value);
        String before = metadata.putIfAbsent(key, value);
        if (before != null) {
            throw new IllegalArgumentException(
                    "metadata '%s': expected to be set once, got '%s' after '%s'".formatted(key, value, before));
        }
        return this;
    }

    /**
     * Adds a tensor, stored as it is.
     *
     * @param name its name, not yet used; by convention a path such as {@code "blocks.03.attn.qkv.weight"}
     * @param array of type FLOAT, DOUBLE, INT64, INT32 or UINT8, in any order and with any strides
     * @return this builder
     */
    public SafetensorsBuilder tensor(String name, INDArray array) {
        Optional<DType> dtype = DType.of(array.dataType());
        return tensor(
                name,
                array,
                dtype.orElseThrow(() -> new IllegalArgumentException(
                        "tensor '%s': expected FLOAT, DOUBLE, INT64, INT32 or UINT8, got %s; convert it with castTo"
                                .formatted(name, array.dataType()))));
    }

    /**
     * Adds a tensor, stored as a given type; this is how float32 arrays become F16 or BF16, rounded to nearest, ties to
     * even.
     *
     * <p>Not for numbers beyond the range of the type: {@link #write} fails on finite ones that would become infinite.
     *
     * @param name its name, not yet used; by convention a path such as {@code "blocks.03.attn.qkv.weight"}
     * @param array of the type that {@code dtype} names, in any order and with any strides
     * @param dtype how to store it
     * @return this builder
     */
    public SafetensorsBuilder tensor(String name, INDArray array, DType dtype) {
        requireUnicode("tensor", name);
        if (name.isEmpty() || name.equals(Header.METADATA)) {
            throw new IllegalArgumentException(
                    "tensor: expected a name other than '' and '%s', got '%s'".formatted(Header.METADATA, name));
        }
        if (array.dataType() != dtype.arrayType()) {
            throw new IllegalArgumentException(
                    "tensor '%s': expected %s, to store it as %s, got %s; convert it with castTo"
                            .formatted(name, dtype.arrayType(), dtype, array.dataType()));
        }
        if (array.isEmpty() && array.rank() == 0) {
            throw new IllegalArgumentException(
                    "tensor '%s': expected a shape, got an empty array without axes; a shape of [0] can be stored"
                            .formatted(name));
        }
        if (tensors.putIfAbsent(name, new Source(array, dtype)) != null) {
            throw new IllegalArgumentException("tensor '%s': expected to be set once, got it twice".formatted(name));
        }
        return this;
    }

    /**
     * Writes the file: to a temporary one in the same folder, which is synced and then takes the file's place, so that
     * whatever fails, a file that was there before stays as it was.
     *
     * @param file where to; its folder must exist
     * @throws CheckpointException if the folder is missing or can't be written to, or the disk is full
     * @throws IllegalArgumentException if a finite number is beyond the range of F16 or BF16, or names, shapes and
     *     metadata exceed the format's 100 MB
     */
    public void write(Path file) throws CheckpointException {
        List<Map.Entry<String, Source>> ordered = ordered();
        ByteBuffer header = new Header(layout(ordered), metadata).encode(Header.LONGEST);
        try {
            AtomicFile.write(file, channel -> {
                while (header.hasRemaining()) {
                    channel.write(header);
                }
                TensorChannel out = new TensorChannel(channel);
                for (Map.Entry<String, Source> entry : ordered) {
                    write(entry.getKey(), entry.getValue(), out);
                }
            });
        } catch (IOException e) {
            throw new CheckpointException(
                    file, "expected to write it, got %s; a file that was there before is unchanged".formatted(e), e);
        }
    }

    private static void write(String name, Source source, TensorChannel out) throws IOException {
        try {
            out.write(source.array(), source.dtype());
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("tensor '%s': %s".formatted(name, e.getMessage()), e);
        }
    }

    private List<Map.Entry<String, Source>> ordered() {
        return tensors.entrySet().stream()
                .sorted(Comparator.comparing(entry -> entry.getValue().dtype())) // stable: names stay in order
                .toList();
    }

    private static Map<String, TensorInfo> layout(List<Map.Entry<String, Source>> ordered) {
        Map<String, TensorInfo> layout = new LinkedHashMap<>();
        long end = 0;
        for (Map.Entry<String, Source> entry : ordered) {
            DType dtype = entry.getValue().dtype();
            List<Long> shape =
                    Arrays.stream(entry.getValue().array().shape()).boxed().toList();
            long begin = end;
            end = Math.addExact(begin, TensorInfo.byteCount(dtype, shape));
            layout.put(entry.getKey(), new TensorInfo(dtype.name(), shape, begin, end));
        }
        return layout;
    }

    private static void requireUnicode(String what, String text) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new IllegalArgumentException(what + ": expected Unicode text, got half of a surrogate pair");
        }
    }
}
