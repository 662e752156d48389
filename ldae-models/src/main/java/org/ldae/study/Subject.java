package org.ldae.study;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.Set;
import java.util.stream.Collectors;
import org.ldae.baselines.MaskedAutoencoder;
import org.ldae.models.Recipe;
import org.ldae.training.Training;
import org.ldae.transformer.VisionTransformer;

/** What a trial represents images by. */
sealed interface Subject {

    /** Writes records of plain numbers. */
    Gson GSON = new Gson();

    /** What is measured of a trained recipe beside the probes of its encoder. */
    enum Reading {
        /** The probe after each block, and at several times with clean and noisy input. */
        SWEEPS,
        /** How far samples lie from test images. */
        SAMPLES
    }

    /** What it is defined by, as JSON that is saved and compared. */
    JsonObject settings();

    /**
     * The encoder of a trained recipe.
     *
     * @param recipe the recipe
     * @param side what images are resized to, 0 for their own size
     * @param reading what is measured beside the probes of the encoder
     */
    record Trained(Recipe recipe, int side, Set<Reading> reading) implements Subject {
        @Override
        public JsonObject settings() {
            JsonObject settings = of("trained", recipe);
            settings.addProperty("side", side);
            settings.addProperty(
                    "reading", reading.stream().sorted().map(Reading::name).collect(Collectors.joining(",")));
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

    /**
     * A masked autoencoder (He et al. 2022) with the encoder of a recipe, as long trained.
     *
     * @param options patch, network, training
     */
    record Masked(MaskedAutoencoder options) implements Subject {
        @Override
        public JsonObject settings() {
            return of("masked", options);
        }
    }

    /**
     * The encoder of a recipe trained with labels from scratch, as long: an upper line.
     *
     * @param patch side of a patch
     * @param network its encoder
     * @param training as long as the recipe's
     */
    record Labelled(int patch, VisionTransformer network, Training training) implements Subject {
        @Override
        public JsonObject settings() {
            return of("labelled", this);
        }
    }

    /**
     * The encoder of a trained recipe, trained on with labels.
     *
     * @param recipe the recipe
     * @param training of the second part
     * @param layerDecay factor on the rate from block to block downwards
     */
    record FineTuned(Recipe recipe, Training training, double layerDecay) implements Subject {
        @Override
        public JsonObject settings() {
            JsonObject settings = of("fine-tuned", recipe);
            settings.add("fineTuning", GSON.toJsonTree(training));
            settings.addProperty("layerDecay", layerDecay);
            return settings;
        }
    }

    private static JsonObject of(String subject, Record options) {
        JsonObject settings = new JsonObject();
        settings.addProperty("subject", subject);
        settings.add("options", GSON.toJsonTree(options));
        return settings;
    }

    private static JsonObject of(String subject, Recipe recipe) {
        JsonObject settings = new JsonObject();
        settings.addProperty("subject", subject);
        settings.add("recipe", JsonParser.parseString(recipe.toJson()));
        return settings;
    }
}
