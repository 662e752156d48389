package org.ldae.checkpoint;

import java.io.IOException;
import java.nio.file.Path;

/** A checkpoint that can't be read or written: names the file, what was expected, what came, and a hint. */
public final class CheckpointException extends IOException {

    private static final long serialVersionUID = 1L;

    /**
     * Says what is wrong with a file.
     *
     * @param file the checkpoint
     * @param problem what was expected, what came, and a hint
     */
    public CheckpointException(Path file, String problem) {
        super(file + ": " + problem);
    }

    /**
     * Says what is wrong with a file and why.
     *
     * @param file the checkpoint
     * @param problem what was expected, what came, and a hint
     * @param cause what failed below
     */
    public CheckpointException(Path file, String problem, Throwable cause) {
        super(file + ": " + problem, cause);
    }
}
