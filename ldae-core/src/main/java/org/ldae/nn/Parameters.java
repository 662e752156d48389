package org.ldae.nn;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.commons.rng.UniformRandomProvider;
import org.ldae.compute.Tensor;
import org.ldae.core.Lifetime;
import org.ldae.core.Rng;

/**
 * The named parameters of a network in one flat buffer, so that the optimiser, the average and the sum of gradients are
 * each one pass. Gradients and moments use buffers of the same layout.
 */
public final class Parameters implements AutoCloseable {

    /** Numbers in a row of the flat buffer: long enough for vector loops, short enough to split over threads. */
    private static final int ROW = 1024;

    /** More than any network has: a count of blocks that a damaged file gives is refused before it takes all memory. */
    private static final int MOST_SLOTS = 100_000;

    /** Rows of a part: 512 KB. */
    private static final int ROWS_A_PART = 128;

    /** How a parameter starts. */
    public enum Init {
        /** All zeros. */
        ZEROS,
        /** All ones. */
        ONES,
        /** Uniform in +-sqrt(6 / (rows + columns)) (Glorot and Bengio 2010), as DiT's and MAE's linears. */
        XAVIER_UNIFORM,
        /** Normal with standard deviation 0.02, as DiT's time embedding. */
        NORMAL
    }

    /**
     * One parameter.
     *
     * @param name path, such as {@code blocks.03.attention.qkv.weight}
     * @param rows rows; 1 for a vector
     * @param columns columns
     * @param offset index of its first number in the flat buffer
     * @param init how it starts
     */
    public record Slot(String name, int rows, int columns, int offset, Init init) {
        int size() {
            return rows * columns;
        }
    }

    private final Map<String, Slot> slots;
    private final int count;
    private final boolean planned;
    private final Tensor values;
    private final Lifetime lifetime;

    private Parameters(Map<String, Slot> slots, int count, boolean planned) {
        this.slots = slots;
        this.count = count;
        this.planned = planned;
        this.values = buffer();
        this.lifetime = new Lifetime("the model", values::close);
    }

    /**
     * Starts a list of parameters.
     *
     * @return an empty list
     */
    public static Layout layout() {
        return new Layout();
    }

    /** Collects the parameters of a network before their buffer is made. */
    public static final class Layout {
        private final Map<String, Slot> slots = new LinkedHashMap<>();
        private int next;

        private Layout() {}

        /**
         * Adds a parameter.
         *
         * @param name unique path
         * @param rows rows; 1 for a vector
         * @param columns columns
         * @param init how it starts
         * @throws IllegalArgumentException if there is one of this name, there are 100,000, or they hold 2^31 numbers
         */
        public void add(String name, int rows, int columns, Init init) {
            if (slots.putIfAbsent(name, new Slot(name, rows, columns, next, init)) != null) {
                throw new IllegalArgumentException("parameter " + name + ": declared twice");
            }
            if (slots.size() > MOST_SLOTS) {
                throw new IllegalArgumentException(
                        "parameters: expected at most %d of them, got more with %s; are the counts of blocks right?"
                                .formatted(MOST_SLOTS, name));
            }
            long end = next + (long) rows * columns;
            if (end > Integer.MAX_VALUE) {
                throw new IllegalArgumentException(
                        "parameters: expected fewer than 2^31 numbers in all, got more with %s of [%d, %d]; are the sizes right?"
                                .formatted(name, rows, columns));
            }
            next = (int) end;
        }

        /**
         * All parameters so far.
         *
         * @return their places in the order of declaration
         */
        public List<Slot> slots() {
            return List.copyOf(slots.values());
        }

        /**
         * Number of parameters so far.
         *
         * @return their count
         */
        public int count() {
            return next;
        }

        /**
         * Makes the buffer and draws the start values, each from the stream of its name.
         *
         * @param rng key of the start values
         * @return the parameters; close them to free their memory
         */
        public Parameters initialise(Rng rng) {
            Parameters parameters = zeros();
            for (Slot slot : slots.values()) {
                parameters.initialise(slot, rng.stream(slot.name()));
            }
            return parameters;
        }

        /**
         * Makes the buffer, for numbers that come from elsewhere.
         *
         * @return parameters that are zero; close them to free their memory
         */
        public Parameters zeros() {
            return new Parameters(new LinkedHashMap<>(slots), next, false);
        }

        /**
         * The parameters without memory: workspaces over them count the bytes of what is laid out there and take none.
         *
         * @return parameters that hold no numbers
         */
        public Parameters planned() {
            return new Parameters(new LinkedHashMap<>(slots), next, true);
        }
    }

    /**
     * Number of parameters.
     *
     * @return how many numbers are learnt
     */
    public int count() {
        return count;
    }

    /**
     * Paths of all parameters in the order of declaration.
     *
     * @return their names
     */
    public Set<String> names() {
        return slots.keySet();
    }

    /**
     * All parameters in order.
     *
     * @return their places
     */
    public List<Slot> slots() {
        return new ArrayList<>(slots.values());
    }

    /**
     * The flat buffer of values, padded with zeros to whole rows.
     *
     * @return the live buffer
     */
    public Tensor values() {
        return values;
    }

    /**
     * A new flat buffer of the same layout, for gradients, moments or an average.
     *
     * @return zeros; the caller closes it
     */
    public Tensor buffer() {
        return memory(Math.max(1, (count + ROW - 1) / ROW), ROW);
    }

    /**
     * Memory for a network of these parameters.
     *
     * @param rows rows
     * @param columns columns
     * @return zeros, or a shape without memory for {@link Layout#planned} parameters
     */
    Tensor memory(int rows, int columns) {
        return planned ? Tensor.planned(rows, columns) : Tensor.zeros(rows, columns);
    }

    /**
     * The part of a flat buffer that belongs to a parameter.
     *
     * @param flat values, or a {@link #buffer}
     * @param name path of the parameter
     * @return a live view
     * @throws IllegalArgumentException if there is no such parameter
     */
    public Tensor view(Tensor flat, String name) {
        Slot slot = slots.get(name);
        if (slot == null) {
            throw new IllegalArgumentException("parameter %s: none of this name among %s".formatted(name, names()));
        }
        return flat.slice(slot.offset(), slot.rows(), slot.columns());
    }

    /**
     * A run of one parameter's numbers.
     *
     * @param name path of the parameter
     * @param offset index of its first number in a flat buffer
     * @param rows rows of the run
     * @param columns numbers in each
     * @param matrix whether the parameter is a matrix, which weight decay reaches, or a vector
     */
    public record Part(String name, int offset, int rows, int columns, boolean matrix) {

        /**
         * The run in a flat buffer.
         *
         * @param flat values, or a {@link Parameters#buffer}
         * @return a live view
         */
        public Tensor of(Tensor flat) {
            return flat.slice(offset, rows, columns);
        }
    }

    /**
     * All numbers but the padding in runs small enough to be shared out between threads.
     *
     * @return the runs in order
     */
    public List<Part> parts() {
        List<Part> parts = new ArrayList<>();
        for (Slot slot : slots.values()) {
            boolean matrix = slot.rows() > 1;
            int end = slot.offset() + slot.size();
            int from = slot.offset();
            for (int rows; (rows = Math.min(ROWS_A_PART, (end - from) / ROW)) > 0; from += rows * ROW) {
                parts.add(new Part(slot.name(), from, rows, ROW, matrix));
            }
            if (from < end) {
                parts.add(new Part(slot.name(), from, 1, end - from, matrix));
            }
        }
        return parts;
    }

    private void initialise(Slot slot, Rng rng) {
        float[] start = new float[slot.size()];
        switch (slot.init()) {
            case ZEROS -> {}
            case ONES -> java.util.Arrays.fill(start, 1);
            case NORMAL -> {
                rng.normals(start, 0, start.length);
                for (int i = 0; i < start.length; i++) {
                    start[i] *= 0.02f;
                }
            }
            case XAVIER_UNIFORM -> {
                double bound = Math.sqrt(6.0 / (slot.rows() + slot.columns()));
                UniformRandomProvider generator = rng.generator();
                for (int i = 0; i < start.length; i++) {
                    start[i] = (float) (bound * (2 * generator.nextDouble() - 1));
                }
            }
        }
        view(values, slot.name()).put(start);
    }

    /**
     * Uses the values, which stay in memory until the work ends even if they are closed meanwhile.
     *
     * @param work what to do
     * @param <T> type of its result
     * @return what it returned
     * @throws IllegalStateException if they are closed
     */
    public <T> T use(Supplier<T> work) {
        return lifetime.use(work);
    }

    /** Frees the memory, or lets the last use free it. */
    @Override
    public void close() {
        lifetime.close();
    }
}
