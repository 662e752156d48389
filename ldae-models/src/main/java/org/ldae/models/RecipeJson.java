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
import org.ldae.noise.NoiseSchedule;
import org.ldae.noise.TimeSampling;
import org.ldae.noise.Weighting;
import org.ldae.perceptual.FeatureFile;
import org.ldae.perceptual.FeatureNet;
import org.ldae.perceptual.FeatureSource;
import org.ldae.tokenizers.ConvVAEOptions;
import org.ldae.tokenizers.PatchAE;
import org.ldae.tokenizers.PatchPCA;
import org.ldae.tokenizers.PatchVAE;
import org.ldae.tokenizers.TokenizerOptions;
import org.ldae.training.OldTraining;

/** Recipes as JSON: records by component name, schedule and tokenizer with their kind. */
final class RecipeJson {

    private static final Gson GSON = new GsonBuilder()
            .registerTypeAdapter(
                    NoiseSchedule.class,
                    new KindAdapter<NoiseSchedule>(
                            "schedule",
                            Map.of(
                                    "additive", NoiseSchedule.additive(1).getClass(),
                                    "geometric", NoiseSchedule.geometric(1, 2).getClass(),
                                    "single", NoiseSchedule.none().getClass(),
                                    "flow", NoiseSchedule.flow().getClass(),
                                    "linear", NoiseSchedule.linear().getClass(),
                                    "cosine", NoiseSchedule.cosine().getClass(),
                                    "laplace", NoiseSchedule.laplace(0, 1).getClass(),
                                    "ddpm", NoiseSchedule.ddpm().getClass())))
            .registerTypeAdapter(Weighting.class, new WeightingAdapter())
            .registerTypeAdapter(
                    TimeSampling.class,
                    new KindAdapter<TimeSampling>(
                            "sampling",
                            Map.of(
                                    "uniform", TimeSampling.uniform().getClass(),
                                    "as",
                                            TimeSampling.as(NoiseSchedule.linear())
                                                    .getClass())))
            .registerTypeAdapter(
                    TokenizerOptions.class,
                    new KindAdapter<TokenizerOptions>(
                            "tokenizer",
                            Map.of(
                                    "patch-pca", PatchPCA.Options.class,
                                    "patch-ae", PatchAE.Options.class,
                                    "patch-vae", PatchVAE.Options.class,
                                    "conv-vae", ConvVAEOptions.class)))
            .registerTypeAdapter(
                    FeatureSource.class,
                    new KindAdapter<FeatureSource>(
                            "features", Map.of("trained", FeatureNet.Options.class, "file", FeatureFile.class)))
            .setPrettyPrinting()
            .create();

    private RecipeJson() {}

    static String write(Recipe recipe) {
        return GSON.toJson(recipe);
    }

    static Recipe read(String json) {
        try {
            JsonElement tree = upgraded(JsonParser.parseString(json));
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

    /** Fills in what recipes of earlier versions had no word for. */
    private static JsonElement upgraded(JsonElement tree) {
        if (tree instanceof JsonObject recipe && recipe.get("denoiser") instanceof JsonObject denoiser) {
            if (!recipe.has("labels")) {
                recipe.add("labels", GSON.toJsonTree(ClassLabels.none()));
            }
            if (!denoiser.has("conditionWidth") && denoiser.has("width")) {
                denoiser.addProperty(
                        "conditionWidth", Math.max(4, denoiser.get("width").getAsInt() / 4));
            }
        }
        OldTraining.upgrade(tree);
        return tree;
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
            into.put(path, element.isJsonPrimitive() ? element.getAsString() : element.toString());
        }
    }

    private static String abbreviate(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "...";
    }

    /** Weightings that the library names, by their names. */
    private static final class WeightingAdapter implements JsonSerializer<Weighting>, JsonDeserializer<Weighting> {

        private static final Class<?> NAMED = ((Enum<?>) Weighting.UNIFORM).getDeclaringClass();

        @Override
        public JsonElement serialize(Weighting value, Type type, JsonSerializationContext context) {
            return context.serialize(value, NAMED.isInstance(value) ? NAMED : value.getClass());
        }

        @Override
        public Weighting deserialize(JsonElement json, Type type, JsonDeserializationContext context) {
            return context.deserialize(json, NAMED);
        }
    }

    /** One of several records, told apart by a name under "kind". */
    private record KindAdapter<T>(String what, Map<String, Class<? extends T>> kinds)
            implements JsonSerializer<T>, JsonDeserializer<T> {

        @Override
        public JsonElement serialize(T value, Type type, JsonSerializationContext context) {
            JsonObject object = context.serialize(value, value.getClass()).getAsJsonObject();
            kinds.forEach((name, kind) -> {
                if (kind == value.getClass()) {
                    object.addProperty("kind", name);
                }
            });
            return object;
        }

        @Override
        public T deserialize(JsonElement json, Type type, JsonDeserializationContext context) {
            JsonElement kind = json.getAsJsonObject().get("kind");
            Class<? extends T> target = kind == null ? null : kinds.get(kind.getAsString());
            if (target == null) {
                throw new JsonParseException(
                        "%s: expected a kind among %s, got %s".formatted(what, new TreeSet<>(kinds.keySet()), kind));
            }
            return context.deserialize(json, target);
        }
    }
}
