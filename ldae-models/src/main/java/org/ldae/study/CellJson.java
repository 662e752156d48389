package org.ldae.study;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.ldae.models.Provenance;

/** Results of cells as JSON that any reader takes: a number that isn't finite is null. */
final class CellJson {

    private static final Gson GSON = new GsonBuilder()
            .setPrettyPrinting()
            .disableHtmlEscaping()
            .serializeNulls()
            .create();

    private CellJson() {}

    static String of(List<CellResult> results) {
        JsonArray all = new JsonArray();
        results.forEach(result -> all.add(tree(result)));
        return GSON.toJson(all);
    }

    static String of(CellResult result) {
        return GSON.toJson(tree(result));
    }

    private static JsonObject tree(CellResult result) {
        Cell cell = result.cell();
        JsonObject name = new JsonObject();
        name.addProperty("group", cell.group().key());
        name.addProperty("trial", cell.trial());
        name.addProperty("title", cell.title());
        cell.x().ifPresent(x -> name.addProperty("x", x));
        name.addProperty("seed", cell.seed());
        JsonObject metrics = new JsonObject();
        result.metrics().forEach((metric, value) -> metrics.add(metric.name(), value(metric, value)));
        JsonArray curves = new JsonArray();
        result.curves().forEach(curve -> curves.add(curve(curve)));
        JsonObject tree = new JsonObject();
        tree.add("cell", name);
        tree.add("metrics", metrics);
        tree.add("curves", curves);
        tree.addProperty("seconds", result.seconds());
        result.ended().ifPresent(when -> tree.addProperty("ended", when.toString()));
        tree.add("settings", JsonParser.parseString(result.settings()));
        tree.add("provenance", GSON.toJsonTree(result.provenance()));
        return tree;
    }

    /** A number; with title and unit if the metric isn't one of the library's. */
    private static JsonElement value(Metric metric, double value) {
        if (Metric.known(metric.name()).isPresent()) {
            return number(value);
        }
        JsonObject own = new JsonObject();
        own.add("value", number(value));
        own.addProperty("title", metric.title());
        own.addProperty("unit", metric.unit().name().toLowerCase(Locale.ROOT));
        return own;
    }

    private static JsonObject curve(LossCurve curve) {
        JsonObject tree = new JsonObject();
        tree.addProperty("stage", curve.stage());
        tree.addProperty("steps", curve.steps());
        tree.addProperty("stretch", curve.stretch());
        JsonArray losses = new JsonArray();
        curve.losses().forEach(loss -> losses.add(number((float) (double) loss)));
        tree.add("losses", losses);
        return tree;
    }

    private static JsonElement number(Number value) {
        return Double.isFinite(value.doubleValue()) ? new JsonPrimitive(value) : JsonNull.INSTANCE;
    }

    /**
     * A result that was written by {@link #of(CellResult)} or by versions of this library before it.
     *
     * @throws JsonParseException if it is something else
     */
    static CellResult read(String json) {
        try {
            JsonObject tree = JsonParser.parseString(json).getAsJsonObject();
            JsonObject cell = tree.getAsJsonObject("cell");
            Map<Metric, Double> metrics = new TreeMap<>();
            tree.getAsJsonObject("metrics").asMap().forEach((name, value) -> read(metrics, name, value));
            List<LossCurve> curves = new ArrayList<>();
            if (tree.has("curves")) {
                tree.getAsJsonArray("curves").forEach(curve -> curves.add(curve(curve.getAsJsonObject())));
            }
            JsonElement settings = tree.get("settings");
            Provenance provenance = Provenance.fromJson(tree.get("provenance").toString());
            return new CellResult(
                    new Cell(
                            Group.valueOf(cell.get("group").getAsString().toUpperCase(Locale.ROOT)),
                            cell.get("trial").getAsString(),
                            cell.get("title").getAsString(),
                            place(cell),
                            cell.get("seed").getAsLong()),
                    metrics,
                    curves,
                    Map.of(),
                    tree.get("seconds").getAsDouble(),
                    Optional.ofNullable(tree.get("ended")).map(when -> Instant.parse(when.getAsString())),
                    settings.isJsonObject() ? settings.toString() : settings.getAsString(),
                    provenance);
        } catch (NullPointerException
                | IllegalStateException
                | IllegalArgumentException
                | ClassCastException
                | UnsupportedOperationException
                | DateTimeParseException e) {
            throw new JsonParseException("expected the result of a cell", e);
        }
    }

    /**
     * The results that were written by {@link #of(List)}.
     *
     * @throws JsonParseException if it is something else
     */
    static List<CellResult> readAll(String json) {
        JsonElement all = JsonParser.parseString(json);
        if (!all.isJsonArray()) {
            throw new JsonParseException("expected an array of cells");
        }
        return all.getAsJsonArray().asList().stream()
                .map(each -> read(each.toString()))
                .toList();
    }

    private static void read(Map<Metric, Double> metrics, String name, JsonElement value) {
        if (value.isJsonObject()) {
            JsonObject own = value.getAsJsonObject();
            Metric.Unit unit = Metric.Unit.valueOf(own.get("unit").getAsString().toUpperCase(Locale.ROOT));
            metrics.put(new Metric(name, own.get("title").getAsString(), unit), number(own.get("value")));
        } else {
            Metric metric = Metric.known(name).orElseGet(() -> new Metric(name, name, Metric.Unit.NUMBER));
            metrics.put(metric, number(value));
        }
    }

    private static LossCurve curve(JsonObject tree) {
        List<Double> losses = new ArrayList<>();
        tree.getAsJsonArray("losses").forEach(loss -> losses.add(number(loss)));
        return new LossCurve(
                tree.get("stage").getAsString(),
                tree.get("steps").getAsInt(),
                tree.get("stretch").getAsInt(),
                losses);
    }

    private static OptionalDouble place(JsonObject cell) {
        double x = cell.has("x") ? number(cell.get("x")) : Double.NaN;
        return Double.isNaN(x) ? OptionalDouble.empty() : OptionalDouble.of(x);
    }

    private static double number(JsonElement value) {
        return value.isJsonNull() ? Double.NaN : value.getAsDouble();
    }
}
