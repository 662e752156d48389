package org.ldae.models;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonDeserializationContext;
import com.google.gson.JsonDeserializer;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonSerializationContext;
import com.google.gson.JsonSerializer;
import java.lang.reflect.Type;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.ldae.core.NoiseSchedule;

/** Recipes as JSON: records by component name, the schedule with its kind. */
final class RecipeJson {

    private static final Gson GSON = new GsonBuilder()
            .registerTypeAdapter(NoiseSchedule.class, new ScheduleAdapter())
            .setPrettyPrinting()
            .create();

    private RecipeJson() {}

    static String write(Recipe recipe) {
        return GSON.toJson(recipe);
    }

    static Recipe read(String json) {
        try {
            JsonElement tree = JsonParser.parseString(json);
            Recipe recipe = GSON.fromJson(tree, Recipe.class);
            if (recipe == null) {
                throw new IllegalArgumentException("got nothing");
            }
            Map<String, String> given = new TreeMap<>();
            flatten("", tree, given);
            // Gson reads what it doesn't find as null or 0, and names it doesn't know not at all.
            Set<String> unread = new TreeSet<>(given.keySet());
            Set<String> missing = new TreeSet<>(flatten(recipe).keySet());
            unread.removeAll(missing);
            missing.removeAll(given.keySet());
            if (!unread.isEmpty() || !missing.isEmpty()) {
                throw new IllegalArgumentException("missing %s, not understood %s".formatted(missing, unread));
            }
            return recipe;
        } catch (RuntimeException e) {
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

    /** Dotted paths to values. */
    static Map<String, String> flatten(Recipe recipe) {
        Map<String, String> paths = new TreeMap<>();
        flatten("", GSON.toJsonTree(recipe), paths);
        return paths;
    }

    private static void flatten(String path, JsonElement element, Map<String, String> into) {
        if (element.isJsonObject()) {
            element.getAsJsonObject()
                    .entrySet()
                    .forEach(e -> flatten(path.isEmpty() ? e.getKey() : path + "." + e.getKey(), e.getValue(), into));
        } else {
            into.put(path, element.getAsString());
        }
    }

    private static String abbreviate(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "...";
    }

    private static final class ScheduleAdapter
            implements JsonSerializer<NoiseSchedule>, JsonDeserializer<NoiseSchedule> {

        private static final Map<String, Class<? extends NoiseSchedule>> KINDS = Map.of(
                "additive", NoiseSchedule.Additive.class,
                "single", NoiseSchedule.Single.class,
                "linear", NoiseSchedule.Linear.class,
                "ddpm", NoiseSchedule.Ddpm.class);

        @Override
        public JsonElement serialize(NoiseSchedule schedule, Type type, JsonSerializationContext context) {
            JsonObject object = context.serialize(schedule, schedule.getClass()).getAsJsonObject();
            KINDS.forEach((name, kind) -> {
                if (kind == schedule.getClass()) {
                    object.addProperty("kind", name);
                }
            });
            return object;
        }

        @Override
        public NoiseSchedule deserialize(JsonElement json, Type type, JsonDeserializationContext context) {
            JsonElement kind = json.getAsJsonObject().get("kind");
            Class<? extends NoiseSchedule> target = kind == null ? null : KINDS.get(kind.getAsString());
            if (target == null) {
                throw new JsonParseException("schedule: expected a kind among " + KINDS.keySet() + ", got " + kind);
            }
            return context.deserialize(json, target);
        }
    }
}
