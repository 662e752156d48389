package org.ldae.training;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.List;

/** Reads what earlier versions wrote of a {@link Training}, wherever it lies in a JSON tree. */
public final class OldTraining {

    private static final Gson GSON = new Gson();

    private OldTraining() {}

    /**
     * Brings a tree to this version, in place: {@code training} with {@code epochs} and {@code warmupEpochs}, and {@code fit}
     * with {@code steps}, {@code warmupSteps} and checks, whose batch size and augmentation lay beside it.
     *
     * @param tree a recipe, a tokenizer's options or anything that holds them; what is of this version stays
     */
    public static void upgrade(JsonElement tree) {
        if (tree instanceof JsonArray array) {
            array.forEach(OldTraining::upgrade);
        } else if (tree instanceof JsonObject object) {
            if (object.get("training") instanceof JsonObject training) {
                epochs(training);
            }
            if (object.remove("fit") instanceof JsonObject fit) {
                object.add("training", fit);
                steps(object, fit);
            }
            List.copyOf(object.asMap().values()).forEach(OldTraining::upgrade);
        }
    }

    private static void epochs(JsonObject training) {
        JsonElement epochs = training.remove("epochs");
        if (epochs != null) {
            training.add("length", GSON.toJsonTree(new Length(epochs.getAsInt(), Length.Unit.EPOCHS)));
            move(training, "warmupEpochs", training, "warmup");
            complete(training);
        }
    }

    private static void steps(JsonObject parent, JsonObject fit) {
        fit.add("length", GSON.toJsonTree(new Length(fit.remove("steps").getAsInt(), Length.Unit.STEPS)));
        move(fit, "warmupSteps", fit, "warmup");
        move(parent, "batchSize", fit, "batchSize");
        move(parent, "augmentation", fit, "augmentation");
        JsonObject checks = new JsonObject();
        move(fit, "heldOut", checks, "part");
        move(fit, "checkEvery", checks, "every");
        move(fit, "patience", checks, "patience");
        fit.add("heldOut", checks);
        complete(fit);
    }

    private static void move(JsonObject from, String name, JsonObject to, String newName) {
        JsonElement value = from.remove(name);
        if (value != null) {
            to.add(newName, value);
        }
    }

    /** What there was no word for is as if it had not been asked for. */
    private static void complete(JsonObject training) {
        JsonObject defaults = GSON.toJsonTree(Training.epochs(1)).getAsJsonObject();
        for (String name : List.of("batchSize", "averageDecay", "augmentation", "checkpointActivations", "heldOut")) {
            if (!training.has(name)) {
                training.add(name, defaults.get(name));
            }
        }
    }
}
