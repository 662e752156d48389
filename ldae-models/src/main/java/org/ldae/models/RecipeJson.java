package org.ldae.models;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.ldae.core.PartKinds;

/** Recipes as JSON: records by component name, parts with the kind under which they are registered. */
final class RecipeJson {

    /** Writes and reads what is registered only. */
    private static final Gson GSON = gson(true);
    /** Writes anything, to compare recipes. */
    private static final Gson COMPARED = gson(false);

    private static final Pattern LONG_NUMBER = Pattern.compile("-?\\d+\\.\\d{4,}(E-?\\d+)?");

    private RecipeJson() {}

    private static Gson gson(boolean strict) {
        GsonBuilder builder = new GsonBuilder().setPrettyPrinting();
        for (Class<?> door : PartKinds.found().doors()) {
            builder.registerTypeAdapter(door, new PartJson(door, strict));
        }
        return builder.create();
    }

    static String write(Recipe recipe) {
        return GSON.toJson(recipe);
    }

    static Recipe read(String json) {
        try {
            return read(RecipeUpgrade.upgraded(JsonParser.parseString(json)), Recipe.class);
        } catch (RuntimeException | StackOverflowError e) {
            // Gson wraps what a record's constructor says; the innermost cause names the value.
            Throwable cause = e;
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            throw new IllegalArgumentException(
                    "recipe: expected the JSON of a recipe of this version, got %s (%s)"
                            .formatted(abbreviate(json), cause.getMessage()),
                    e);
        }
    }

    /**
     * A record of parts, all of whose components are there and nothing else.
     *
     * @throws RuntimeException if something is missing, not understood or refused by a part
     */
    static <T extends Record> T read(JsonElement tree, Class<T> type) {
        T read = GSON.fromJson(tree, type);
        if (read == null) {
            throw new IllegalArgumentException("got nothing");
        }
        Map<String, String> given = new TreeMap<>();
        flatten("", tree, given);
        // Gson reads what it doesn't find as null or 0, and names it doesn't know not at all.
        Set<String> unread = new TreeSet<>(given.keySet());
        Set<String> missing = new TreeSet<>(flatten(read).keySet());
        unread.removeAll(missing);
        missing.removeAll(given.keySet());
        addNulls("", read, missing);
        if (!unread.isEmpty() || !missing.isEmpty()) {
            throw new IllegalArgumentException("missing %s, not understood %s".formatted(missing, unread));
        }
        return read;
    }

    /** Adds the paths of components that are null and may not be. */
    private static void addNulls(String path, Record part, Set<String> into) {
        for (RecordComponent component : part.getClass().getRecordComponents()) {
            String name = path + component.getName();
            Object value = valueOf(component, part);
            if (value instanceof Record inner) {
                addNulls(name + ".", inner, into);
            } else if (value == null && !component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
                into.add(name);
            }
        }
    }

    private static @Nullable Object valueOf(RecordComponent component, Record part) {
        try {
            Method accessor = component.getAccessor();
            accessor.setAccessible(true); // parts may be of classes that are not public
            return accessor.invoke(part);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(
                    "recipe: %s can't be asked for %s".formatted(part.getClass().getName(), component.getName()), e);
        }
    }

    /** Dotted paths to values. */
    static Map<String, String> flatten(Record parts) {
        Map<String, String> paths = new TreeMap<>();
        flatten("", COMPARED.toJsonTree(parts), paths);
        return paths;
    }

    private static void flatten(String path, JsonElement element, Map<String, String> into) {
        if (element instanceof JsonObject object) {
            object.entrySet()
                    .forEach(e -> flatten(path.isEmpty() ? e.getKey() : path + "." + e.getKey(), e.getValue(), into));
        } else {
            into.put(path, element.isJsonPrimitive() ? element.getAsString() : element.toString());
        }
    }

    /** A change as it is told: numbers in four digits, unless those are the same. */
    static String change(String before, String after) {
        String from = rounded(before);
        String to = rounded(after);
        return from.equals(to) ? before + " -> " + after : from + " -> " + to;
    }

    private static String rounded(String value) {
        return LONG_NUMBER.matcher(value).matches() ? new BigDecimal(value, new MathContext(4)).toString() : value;
    }

    private static String abbreviate(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "...";
    }
}
