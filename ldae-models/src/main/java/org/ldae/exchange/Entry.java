package org.ldae.exchange;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.ldae.nn.Parameters;

/**
 * A tensor of theirs, and the parameter of ours that it is, or a part of it.
 *
 * @param theirs its name there
 * @param ours the parameter's name
 * @param form how it lies there
 * @param part which of equal parts of the parameter's rows it is
 * @param parts how many there are
 */
record Entry(String theirs, String ours, Form form, int part, int parts) {

    static Entry of(String theirs, String ours, Form form) {
        return new Entry(theirs, ours, form, 0, 1);
    }

    /** Weight and bias, as they are. */
    static Stream<Entry> layer(String theirs, String ours) {
        return stacked(ours, theirs);
    }

    /** Weights and biases of several layers, which are one of ours. */
    static Stream<Entry> stacked(String ours, String... theirs) {
        return IntStream.range(0, theirs.length)
                .boxed()
                .flatMap(i -> Stream.of(".weight", ".bias")
                        .map(kind -> new Entry(theirs[i] + kind, ours + kind, Form.same(0), i, theirs.length)));
    }

    /** Shape there. */
    List<Long> shape(Parameters.Slot slot) {
        return slot.rows() == 1
                ? form.shape(1, slot.columns() / parts)
                : form.shape(slot.rows() / parts, slot.columns());
    }

    /** Puts their numbers into the parameter. */
    void read(float[] numbers, Parameters into) {
        float[] whole = into.view(into.values(), ours).toArray();
        float[] some = form.ours(numbers);
        System.arraycopy(some, 0, whole, part * some.length, some.length);
        into.view(into.values(), ours).put(whole);
    }

    /** Their numbers of the parameter. */
    float[] write(Parameters from) {
        float[] whole = from.view(from.values(), ours).toArray();
        float[] some = new float[whole.length / parts];
        System.arraycopy(whole, part * some.length, some, 0, some.length);
        return form.theirs(some);
    }
}
