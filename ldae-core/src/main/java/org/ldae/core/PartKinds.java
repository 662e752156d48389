package org.ldae.core;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;

/** All kinds of parts that {@link Parts} on the class path name. */
public final class PartKinds implements Parts.Kinds {

    private static final PartKinds FOUND = find();

    private final Map<Class<?>, Map<String, Class<?>>> doors = new LinkedHashMap<>();

    private PartKinds() {}

    /**
     * The kinds on the class path.
     *
     * @return the one list of this process
     */
    public static PartKinds found() {
        return FOUND;
    }

    private static PartKinds find() {
        PartKinds kinds = new PartKinds();
        for (Parts parts : ServiceLoader.load(Parts.class, PartKinds.class.getClassLoader())) {
            parts.register(kinds);
        }
        return kinds;
    }

    @Override
    public <T> PartKinds add(Class<T> door, String name, Class<? extends T> part) {
        if (!part.isRecord() && !part.isEnum()) {
            throw new IllegalArgumentException(
                    "kind %s of %s: expected a record or an enum, got %s; make its settings the components of a record"
                            .formatted(name, door.getSimpleName(), part));
        }
        Class<?> other = doors.computeIfAbsent(door, each -> new TreeMap<>()).putIfAbsent(name, part);
        if (other != null && other != part) {
            throw new IllegalArgumentException("kind %s of %s: expected one class, got %s and %s; choose another name"
                    .formatted(name, door.getSimpleName(), other.getName(), part.getName()));
        }
        return this;
    }

    /**
     * The interfaces of which there are kinds.
     *
     * @return the doors
     */
    public Set<Class<?>> doors() {
        return doors.keySet();
    }

    /**
     * The kinds of a door.
     *
     * @param door an interface
     * @return classes by name
     */
    public Map<String, Class<?>> of(Class<?> door) {
        return Map.copyOf(doors.getOrDefault(door, Map.of()));
    }

    /**
     * The name under which a part's class is known.
     *
     * @param door its interface
     * @param part a part
     * @return its kind, empty if nobody registered the class
     */
    public Optional<String> nameOf(Class<?> door, Object part) {
        // The class of an enum constant with a body is its own.
        Class<?> type = part instanceof Enum<?> constant ? constant.getDeclaringClass() : part.getClass();
        return doors.getOrDefault(door, Map.of()).entrySet().stream()
                .filter(kind -> kind.getValue() == type)
                .map(Map.Entry::getKey)
                .findFirst();
    }
}
