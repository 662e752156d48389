package org.ldae.models;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.ldae.checkpoint.CheckpointException;
import org.ldae.checkpoint.SafetensorsBuilder;
import org.ldae.compute.Tensor;
import org.ldae.data.ImageSource;
import org.ldae.nn.AdamW;
import org.ldae.nn.Parameters;
import org.ldae.tokenizers.Tokenizer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A training run in a file: the model, and what it takes to go on. */
final class TrainingState {

    private static final String FIRST = "optimizer.first.";
    private static final String SECOND = "optimizer.second.";
    private static final String TRAINED = "training.weights.";
    private static final String LOSSES = "training.losses";

    private final Path path;
    private final ModelFile file;
    private final Tokenizer tokenizer;

    private TrainingState(Path path, ModelFile file, Tokenizer tokenizer) {
        this.path = path;
        this.file = file;
        this.tokenizer = tokenizer;
    }

    /** What training changes. */
    record Buffers(
            Parameters parameters,
            AdamW optimiser,
            @Nullable Tensor average) {}

    static void write(Path path, Trainer trainer) throws IOException {
        Buffers buffers = trainer.buffers();
        Parameters parameters = buffers.parameters();
        SafetensorsBuilder builder = ModelFile.builder(trainer.fitted(), trainer.provenance());
        // The model's weights come first, so that the file loads as a model whether training is over or not.
        Tensor average = buffers.average();
        ModelFile.put(builder, ModelFile.DENOISER, parameters, average == null ? parameters.values() : average);
        if (average != null) {
            ModelFile.put(builder, TRAINED, parameters, parameters.values());
        }
        ModelFile.put(builder, FIRST, parameters, buffers.optimiser().first());
        ModelFile.put(builder, SECOND, parameters, buffers.optimiser().second());
        double[] losses = trainer.losses();
        // createFromArray gives an empty array no axis.
        INDArray done = losses.length == 0 ? Nd4j.create(DataType.DOUBLE, 0) : Nd4j.createFromArray(losses);
        builder.tensor(LOSSES, done);
        builder.write(path);
    }

    static TrainingState read(Path path) throws IOException {
        ModelFile file = ModelFile.read(path);
        if (!file.has(LOSSES)) {
            throw new CheckpointException(
                    path,
                    "expected a training checkpoint, got a model without optimiser state; it can be loaded with"
                            + " LatentDAE.load but not resumed");
        }
        return new TrainingState(path, file, file.tokenizer());
    }

    Tokenizer tokenizer() {
        return tokenizer;
    }

    long seed() {
        return file.provenance().seed();
    }

    void requireMatches(Recipe recipe, ImageSource images) {
        Map<String, String> changes = file.recipe().diff(recipe);
        if (!changes.isEmpty()) {
            throw new IllegalArgumentException(
                    "%s: expected a checkpoint of the same recipe, but it differs in %s; resume with its own options or start anew"
                            .formatted(path, changes));
        }
        String hash = images.hash();
        if (!hash.equals(file.provenance().dataHash())) {
            throw new IllegalArgumentException(
                    "%s: expected the images it was trained on (%d, SHA-256 %s), got %d images with SHA-256 %s"
                            .formatted(
                                    path,
                                    file.provenance().trainImages(),
                                    file.provenance().dataHash(),
                                    images.size(),
                                    hash));
        }
    }

    /** Fills the buffers; returns the losses so far, at most as many as there are steps. */
    double[] restore(Buffers buffers, int steps) throws IOException {
        Parameters parameters = buffers.parameters();
        Tensor average = buffers.average();
        file.fill(average == null ? ModelFile.DENOISER : TRAINED, parameters, parameters.values());
        if (average != null) {
            file.fill(ModelFile.DENOISER, parameters, average);
        }
        file.fill(FIRST, parameters, buffers.optimiser().first());
        file.fill(SECOND, parameters, buffers.optimiser().second());
        INDArray stored = file.tensor(LOSSES);
        double[] done = stored.isEmpty() ? new double[0] : stored.data().asDouble();
        if (done.length > steps) {
            throw new CheckpointException(path, "expected at most %d steps, got %d".formatted(steps, done.length));
        }
        return done;
    }
}
