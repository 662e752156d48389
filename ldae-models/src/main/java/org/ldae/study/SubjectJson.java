package org.ldae.study;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import org.ldae.models.Recipe;

/** Settings of the subjects here: a name, and options or a recipe. */
final class SubjectJson {

    private static final Gson GSON = new Gson();

    private final JsonObject settings = new JsonObject();

    private SubjectJson(String subject) {
        settings.addProperty("subject", subject);
    }

    static SubjectJson of(String subject) {
        return new SubjectJson(subject);
    }

    SubjectJson with(String name, Recipe recipe) {
        return with(name, JsonParser.parseString(recipe.toJson()));
    }

    /** A number, text or record of plain values. */
    SubjectJson with(String name, Object value) {
        settings.add(name, value instanceof JsonElement element ? element : GSON.toJsonTree(value));
        return this;
    }

    @Override
    public String toString() {
        return settings.toString();
    }
}
