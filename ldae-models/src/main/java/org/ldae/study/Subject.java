package org.ldae.study;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import org.ldae.models.Recipe;

/** What a trial represents images by. */
sealed interface Subject {

    /** What it is defined by, as JSON that is saved and compared. */
    JsonObject settings();

    /**
     * The encoder of a trained recipe.
     *
     * @param recipe the recipe
     * @param side what images are resized to, 0 for their own size
     * @param sweeps whether every block and several times are probed
     */
    record Trained(Recipe recipe, int side, boolean sweeps) implements Subject {
        @Override
        public JsonObject settings() {
            JsonObject settings = of("trained", recipe);
            settings.addProperty("side", side);
            settings.addProperty("sweeps", sweeps);
            return settings;
        }
    }

    /** The encoder of a recipe before its first step. */
    record Untrained(Recipe recipe) implements Subject {
        @Override
        public JsonObject settings() {
            return of("untrained", recipe);
        }
    }

    /** Pixels as they are. */
    record RawPixels() implements Subject {
        @Override
        public JsonObject settings() {
            JsonObject settings = new JsonObject();
            settings.addProperty("subject", "raw-pixels");
            return settings;
        }
    }

    /** Latents of a recipe's tokenizer. */
    record Latents(Recipe recipe) implements Subject {
        @Override
        public JsonObject settings() {
            return of("latents", recipe);
        }
    }

    private static JsonObject of(String subject, Recipe recipe) {
        JsonObject settings = new JsonObject();
        settings.addProperty("subject", subject);
        settings.add("recipe", JsonParser.parseString(recipe.toJson()));
        return settings;
    }
}
