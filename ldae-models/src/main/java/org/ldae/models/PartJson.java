package org.ldae.models;

import com.google.gson.JsonDeserializationContext;
import com.google.gson.JsonDeserializer;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonPrimitive;
import com.google.gson.JsonSerializationContext;
import com.google.gson.JsonSerializer;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeSet;
import org.ldae.core.PartKinds;
import org.ldae.core.Parts;

/**
 * A part as JSON: a record with its registered name under "kind", or an enum's constant by its name.
 *
 * @param door the interface that recipes know
 * @param strict whether a class that nobody registered is refused
 */
record PartJson(Class<?> door, boolean strict) implements JsonSerializer<Object>, JsonDeserializer<Object> {

    private static final String KIND = "kind";

    @Override
    public JsonElement serialize(Object part, Type type, JsonSerializationContext context) {
        String kind = PartKinds.found()
                .nameOf(door, part)
                .orElseGet(() -> strict ? refused(part) : part.getClass().getName());
        if (part instanceof Enum<?> constant) {
            return new JsonPrimitive(constant.name());
        }
        if (!part.getClass().isRecord()) {
            return new JsonPrimitive(part.toString()); // not registered, to be compared only
        }
        JsonObject object = context.serialize(part, part.getClass()).getAsJsonObject();
        object.addProperty(KIND, kind);
        return object;
    }

    private String refused(Object part) {
        String name = part.getClass().getName();
        throw new IllegalArgumentException(
                "recipe: %s has no kind, so that it can be trained but not saved; name it in a class that META-INF/services/%s lists: kinds.add(%s.class, \"a-name\", %s.class)"
                        .formatted(
                                name,
                                Parts.class.getName(),
                                door.getSimpleName(),
                                part.getClass().getSimpleName()));
    }

    @Override
    public Object deserialize(JsonElement json, Type type, JsonDeserializationContext context) {
        Map<String, Class<?>> kinds = PartKinds.found().of(door);
        if (json instanceof JsonPrimitive name) {
            return kinds.values().stream()
                    .filter(Class::isEnum)
                    .flatMap(each -> Arrays.stream(each.getEnumConstants()))
                    .filter(constant -> ((Enum<?>) constant).name().equals(name.getAsString()))
                    .findFirst()
                    .orElseThrow(() -> new JsonParseException(
                            "%s: got the unknown name %s".formatted(door.getSimpleName(), name)));
        }
        JsonElement kind = json.isJsonObject() ? json.getAsJsonObject().get(KIND) : null;
        Class<?> target = kind instanceof JsonPrimitive name ? kinds.get(name.getAsString()) : null;
        if (target == null) {
            throw new JsonParseException(
                    "%s: expected a kind among %s, got %s; is the jar that brings it on the class path?"
                            .formatted(door.getSimpleName(), new TreeSet<>(kinds.keySet()), kind));
        }
        return context.deserialize(json, target);
    }
}
