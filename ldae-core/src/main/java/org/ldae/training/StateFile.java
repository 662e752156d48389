package org.ldae.training;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import org.ldae.checkpoint.CheckpointException;
import org.ldae.checkpoint.Safetensors;
import org.ldae.checkpoint.SafetensorsBuilder;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** How what a training changes lies in a safetensors file. */
final class StateFile {

    static final String FIRST = "optimizer.first.";
    static final String SECOND = "optimizer.second.";
    static final String TRAINED = "training.weights.";
    static final String BEST = "training.best.";
    static final String LOSSES = "training.losses";
    static final String SECONDS = "training.seconds";
    static final String CHECKS = "training.checks";
    private static final String FORMAT = "ldae-training/1";
    private static final String RUN = "run";

    private StateFile() {}

    /** A file of a run that has no other form. */
    static SafetensorsBuilder builder(JsonObject run) {
        return Safetensors.builder().metadata("format", FORMAT).metadata(RUN, run.toString());
    }

    /** Refuses the file of another run by what differs. */
    static void requireSame(Safetensors file, JsonObject run) throws CheckpointException {
        String text = file.metadata(RUN);
        JsonObject saved = file.interpret(
                "metadata '" + RUN + "'", () -> JsonParser.parseString(text).getAsJsonObject());
        for (String key : run.keySet()) {
            if (!run.get(key).equals(saved.get(key))) {
                throw new CheckpointException(
                        file.file(),
                        "expected a run of the same %s, %s, got %s; resume it with its own options or save to another file"
                                .formatted(key, run.get(key), saved.get(key)));
            }
        }
    }

    static JsonObject run(Task task, Training training, long seed) {
        JsonObject run = new JsonObject();
        run.addProperty("task", task.name());
        run.addProperty("seed", seed);
        run.add("training", new Gson().toJsonTree(training));
        run.addProperty("images", task.images().size());
        run.addProperty("settings", task.settings());
        return run;
    }

    static void put(SafetensorsBuilder builder, String name, double[] numbers) {
        // createFromArray gives an empty array no axis.
        builder.tensor(name, numbers.length == 0 ? Nd4j.create(DataType.DOUBLE, 0) : Nd4j.createFromArray(numbers));
    }

    static double[] numbers(Safetensors file, String name) throws IOException {
        INDArray stored = file.tensor(name);
        return stored.isEmpty() ? new double[0] : stored.data().asDouble();
    }
}
