package org.ldae.examples;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.ldae.core.Progress;
import org.ldae.models.Trainer;

/** Prints progress and saves a checkpoint about once a minute. */
final class PeriodicSave implements Progress {

    private static final double SECONDS_BETWEEN_SAVES = 60;

    private final Progress console = Progress.console();
    private final Trainer trainer;
    private final Path checkpoint;
    private double savedAt;

    PeriodicSave(Trainer trainer, Path checkpoint) {
        this.trainer = trainer;
        this.checkpoint = checkpoint;
    }

    @Override
    public void update(Event event) {
        console.update(event);
        if (event.seconds() - savedAt < SECONDS_BETWEEN_SAVES
                || Thread.currentThread().isInterrupted()) {
            return;
        }
        savedAt = event.seconds();
        try {
            trainer.save(checkpoint);
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }
}
