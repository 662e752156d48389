package org.ldae.models;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import org.ldae.training.OldTraining;

/** Brings the JSON of recipes that earlier versions wrote to today's form. */
final class RecipeUpgrade {

    private RecipeUpgrade() {}

    /** Fills in what earlier versions had no word for, and leaves out what is not written when it is off. */
    static JsonElement upgraded(JsonElement tree) {
        if (tree instanceof JsonObject recipe) {
            if (recipe.get("denoiser") instanceof JsonObject denoiser) {
                denoiser(recipe, denoiser);
            }
            if (!recipe.has("dropping") && recipe.has("objective")) {
                recipe.add("dropping", new Gson().toJsonTree(Dropping.none()));
            }
            if (recipe.get("objective") instanceof JsonObject objective) {
                objective(objective);
            }
        }
        OldTraining.upgrade(tree);
        return tree;
    }

    private static void denoiser(JsonObject recipe, JsonObject denoiser) {
        if (!recipe.has("labels")) {
            JsonObject none = new JsonObject();
            none.addProperty("told", false);
            none.addProperty("dropout", 0.0);
            recipe.add("labels", none);
        }
        if (new JsonPrimitive("masked-transformer").equals(denoiser.get("kind")) && !denoiser.has("pooled")) {
            denoiser.addProperty("pooled", false);
        }
        if (!denoiser.has("kind")) {
            denoiser.addProperty("kind", "vision-transformer");
            if (!denoiser.has("conditionWidth") && denoiser.has("width")) {
                denoiser.addProperty(
                        "conditionWidth", Math.max(4, denoiser.get("width").getAsInt() / 4));
            }
        }
    }

    /** Objectives were one record with a target and a tail weight. */
    private static void objective(JsonObject objective) {
        if (objective.remove("target") instanceof JsonPrimitive target) {
            switch (target.getAsString()) {
                case "ORIGINAL_IMAGE" -> objective.addProperty("kind", "original-image");
                case "LATENT" -> latent(objective, "CLEAN");
                default -> latent(objective, target.getAsString());
            }
        }
    }

    private static void latent(JsonObject objective, String quantity) {
        objective.remove("tailWeight");
        objective.addProperty("kind", "latent");
        objective.addProperty("quantity", quantity);
    }
}
