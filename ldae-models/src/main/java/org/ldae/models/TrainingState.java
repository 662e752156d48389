package org.ldae.models;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.ldae.checkpoint.CheckpointException;
import org.ldae.checkpoint.Safetensors;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;
import org.ldae.tokenizers.Tokenizer;

/** A training run in a file: a model, and beside it what the training loop wrote. */
final class TrainingState implements AutoCloseable {

    private static final String LOSSES = "training.losses";

    private final Path path;
    private final ModelFile model;
    private final Tokenizer tokenizer;

    private TrainingState(Path path, ModelFile model, Tokenizer tokenizer) {
        this.path = path;
        this.model = model;
        this.tokenizer = tokenizer;
    }

    static TrainingState read(Path path) throws IOException {
        ModelFile model = ModelFile.read(path);
        if (!model.has(LOSSES)) {
            model.close();
            throw new CheckpointException(
                    path,
                    "expected a training checkpoint, got a model without optimiser state; it can be loaded with"
                            + " LatentDAE.load but not resumed");
        }
        try {
            return new TrainingState(path, model, model.tokenizer());
        } catch (IOException | RuntimeException e) {
            model.close();
            throw e;
        }
    }

    Tokenizer tokenizer() {
        return tokenizer;
    }

    Safetensors file() {
        return model.file();
    }

    void requireMatches(Recipe recipe, ImageSource images, Rng rng) throws IOException {
        Map<String, String> changes = new LinkedHashMap<>();
        if (model.provenance().seed() != rng.seed()) {
            changes.put("seed", "%s -> %s".formatted(model.provenance().seed(), rng.seed()));
        }
        changes.putAll(model.recipe().diff(recipe));
        if (!changes.isEmpty()) {
            throw new IllegalArgumentException(
                    "%s: expected a run of the same recipe and seed, but it differs (run's -> asked for) in %s; resume with its own options or start anew"
                            .formatted(path, changes));
        }
        if (!model.image().equals(images.shape())) {
            throw new IllegalArgumentException("%s: expected images of the shape it was trained on, %s, got %s"
                    .formatted(path, model.image(), images.shape()));
        }
        String hash = images.hash();
        if (!hash.equals(model.provenance().dataHash())) {
            throw new IllegalArgumentException(
                    "%s: expected the images it was trained on (%d, SHA-256 %s), got %d images with SHA-256 %s"
                            .formatted(
                                    path,
                                    model.provenance().trainImages(),
                                    model.provenance().dataHash(),
                                    images.size(),
                                    hash));
        }
    }

    @Override
    public void close() {
        model.close();
    }
}
