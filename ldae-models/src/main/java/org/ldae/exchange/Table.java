package org.ldae.exchange;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.ldae.checkpoint.CheckpointException;
import org.ldae.checkpoint.DType;
import org.ldae.checkpoint.NearestNames;
import org.ldae.checkpoint.Safetensors;
import org.ldae.checkpoint.SafetensorsBuilder;
import org.ldae.nn.Parameters;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Their names and ours, one after the other.
 *
 * @param entries every tensor that is read or written
 * @param leftAside names that are known and not needed, such as those of a decoder
 */
record Table(List<Entry> entries, Predicate<String> leftAside) {

    private static final Set<DType> FLOATS = Set.of(DType.F32, DType.F16, DType.BF16);
    private static final int MOST_PROBLEMS = 12;

    /** What others' networks have and ours lack, by a part of a tensor's name. */
    private static final Map<Pattern, String> LACKING = Map.of(
            Pattern.compile("reg_token|register"), "register tokens",
            Pattern.compile("\\.ls[12]\\.|layer_scale|\\.gamma_[12]|lambda"), "layer scale",
            Pattern.compile("[qk]_norm"), "norms of queries and keys",
            Pattern.compile("norm_pre|layernorm_pre|pre_layernorm"), "a norm before the first block",
            Pattern.compile("rel_pos|relative_position"), "relative positions",
            Pattern.compile("dist_token|distillation"), "a distillation token",
            Pattern.compile("w12|w3|fc1_g|gate_proj|weights_in"), "gated MLPs",
            Pattern.compile("patch_embed\\.norm|patch_embed\\.proj\\.\\d"), "a deeper patch embedding",
            Pattern.compile("[qv]_bias"), "biases of queries and values alone");

    /**
     * Reads the parameters after comparing all names, types and shapes.
     *
     * @throws CheckpointException with every tensor that is missing, of another shape or type, or unknown
     */
    Parameters read(Safetensors file, Parameters.Layout layout) throws IOException {
        requireFits(file, layout);
        Parameters parameters = layout.zeros();
        try {
            for (Entry entry : entries) {
                entry.read(numbers(file, entry.theirs()), parameters);
            }
            return parameters;
        } catch (IOException | RuntimeException e) {
            parameters.close();
            throw e;
        }
    }

    /** Adds every tensor under its name there. */
    void write(Parameters from, SafetensorsBuilder builder) {
        Map<String, Parameters.Slot> slots = bySlot(from.slots());
        for (Entry entry : entries) {
            long[] shape = entry.shape(slot(slots, entry)).stream()
                    .mapToLong(Long::longValue)
                    .toArray();
            builder.tensor(
                    entry.theirs(), Nd4j.createFromArray(entry.write(from)).reshape('c', shape));
        }
    }

    /** A tensor's shape, of so many axes. */
    static long[] shape(Safetensors file, String name, int axes) throws IOException {
        long[] shape = file.shape(name);
        if (shape.length != axes) {
            throw new CheckpointException(
                    file.file(), "'%s': expected %d axes, got %s".formatted(name, axes, Arrays.toString(shape)));
        }
        return shape;
    }

    /** A tensor's numbers, all finite. */
    static float[] numbers(Safetensors file, String name) throws IOException {
        try (INDArray array = file.tensor(name)) {
            float[] numbers = array.data().asFloat();
            for (int i = 0; i < numbers.length; i++) {
                if (!Float.isFinite(numbers[i])) {
                    throw new CheckpointException(
                            file.file(),
                            "tensor '%s': expected finite numbers, got %s at index %d".formatted(name, numbers[i], i));
                }
            }
            return numbers;
        }
    }

    private void requireFits(Safetensors file, Parameters.Layout layout) throws IOException {
        Map<String, Parameters.Slot> slots = bySlot(layout.slots());
        List<String> problems = new ArrayList<>();
        for (Entry entry : entries) {
            List<Long> expected = entry.shape(slot(slots, entry));
            if (!file.has(entry.theirs())) {
                problems.add("missing '%s' of %s; nearest are %s"
                        .formatted(entry.theirs(), expected, NearestNames.to(entry.theirs(), file.names())));
            } else if (!shape(file, entry.theirs()).equals(expected)) {
                problems.add(
                        "'%s': expected %s, got %s".formatted(entry.theirs(), expected, shape(file, entry.theirs())));
            } else if (!FLOATS.contains(file.dtype(entry.theirs()))) {
                problems.add("'%s': expected F32, F16 or BF16, got %s"
                        .formatted(entry.theirs(), file.dtype(entry.theirs())));
            }
        }
        problems.addAll(unknown(file));
        if (!problems.isEmpty()) {
            int more = problems.size() - MOST_PROBLEMS;
            throw new CheckpointException(
                    file.file(),
                    "expected the tensors of a network that this library has, got\n  "
                            + problems.stream().limit(MOST_PROBLEMS).collect(Collectors.joining("\n  "))
                            + (more > 0 ? "\n  and %d more".formatted(more) : ""));
        }
    }

    private List<String> unknown(Safetensors file) throws IOException {
        Set<String> known = entries.stream().map(Entry::theirs).collect(Collectors.toSet());
        List<String> problems = new ArrayList<>();
        for (String name : file.names()) {
            if (!known.contains(name) && !leftAside.test(name)) {
                String lacking = LACKING.entrySet().stream()
                        .filter(each -> each.getKey().matcher(name).find())
                        .map(Map.Entry::getValue)
                        .findFirst()
                        .map(what -> "this library has no " + what)
                        .orElseGet(() -> "nearest are " + NearestNames.to(name, known));
                problems.add("unknown '%s' of %s; %s".formatted(name, shape(file, name), lacking));
            }
        }
        return problems;
    }

    private static List<Long> shape(Safetensors file, String name) throws IOException {
        return LongStream.of(file.shape(name)).boxed().toList();
    }

    private static Parameters.Slot slot(Map<String, Parameters.Slot> slots, Entry entry) {
        return Objects.requireNonNull(slots.get(entry.ours()), entry.ours());
    }

    private static Map<String, Parameters.Slot> bySlot(List<Parameters.Slot> slots) {
        return slots.stream().collect(Collectors.toMap(Parameters.Slot::name, slot -> slot));
    }
}
