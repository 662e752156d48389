package org.ldae.training;

import java.io.IOException;
import java.nio.file.Path;
import org.ldae.core.Progress;

/** Writes a run now and then; what can't be written is told and tried again, and the last good file stays. */
final class Saver {

    private final String name;
    private final Saving saving;
    private final Progress progress;
    private final TrainingLoop.Writer writer;
    private long savedAt = System.nanoTime();

    Saver(String name, Saving saving, Progress progress, TrainingLoop.Writer writer) {
        this.name = name;
        this.saving = saving;
        this.progress = progress;
        this.writer = writer;
    }

    /** Writes if it is time. */
    void at(int step) {
        if (saving.file().isPresent() && System.nanoTime() - savedAt >= saving.seconds() * 1e9) {
            write(step, "training goes on, the next try follows in %.0f s".formatted(saving.seconds()));
        }
    }

    /** Writes in any case. */
    void end(int step) {
        write(step, "what was saved before is still there");
    }

    private void write(int step, String consequence) {
        if (saving.file().isEmpty()) {
            return;
        }
        Path file = saving.file().get();
        // An interrupt would close the file while it is written.
        boolean interrupted = Thread.interrupted();
        try {
            writer.write(file);
        } catch (IOException e) {
            progress.warn("%s: step %d could not be saved to %s: %s; %s"
                    .formatted(name, step, file, e.getMessage(), consequence));
        }
        savedAt = System.nanoTime();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
