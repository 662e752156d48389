package org.ldae.core;

import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What a record of many components says of itself: those that matter by name, and of the others what isn't as usual. */
public final class RecordText {

    private RecordText() {}

    /**
     * Components by name, in their order.
     *
     * @param value a record whose class and accessors are public
     * @param usual another of its class
     * @param always names of components that are told even where both have the same
     * @param <R> class of both
     * @return those, and all in which the two differ
     */
    public static <R extends Record> Map<String, String> told(R value, R usual, String... always) {
        List<String> names = List.of(always);
        Map<String, String> told = new LinkedHashMap<>();
        for (RecordComponent component : value.getClass().getRecordComponents()) {
            String mine = of(component, value);
            if (names.contains(component.getName()) || !mine.equals(of(component, usual))) {
                told.put(component.getName(), mine);
            }
        }
        return told;
    }

    /**
     * As a record's own {@code toString}, but of these components.
     *
     * @param kind what stands before the bracket
     * @param told from {@link #told}
     * @return such as {@code Training[length=20 epochs, batchSize=128]}
     */
    public static String line(String kind, Map<String, String> told) {
        return told.entrySet().stream()
                .map(each -> each.getKey() + "=" + each.getValue())
                .collect(Collectors.joining(", ", kind + "[", "]"));
    }

    private static String of(RecordComponent component, Record value) {
        try {
            return String.valueOf(component.getAccessor().invoke(value));
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(
                    "%s: expected a public record, got one whose %s can't be read"
                            .formatted(value.getClass().getName(), component.getName()),
                    e);
        }
    }
}
