package org.ldae.training;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where and how often a run is written, so that it can go on after a crash.
 *
 * @param file a safetensors file, replaced only when a new one is complete; empty if nothing is written
 * @param seconds from one save to the next, at least 0
 */
public record Saving(Optional<Path> file, double seconds) {

    private static final double SECONDS = 60;

    /**
     * Checks the time.
     *
     * @param file a safetensors file, empty if nothing is written
     * @param seconds from one save to the next, at least 0
     */
    public Saving {
        if (!(seconds >= 0)) {
            throw new IllegalArgumentException("saving: expected at least 0 seconds between saves, got " + seconds);
        }
    }

    /**
     * Nothing is written.
     *
     * @return no saving
     */
    public static Saving none() {
        return new Saving(Optional.empty(), SECONDS);
    }

    /**
     * Writes about once a minute, when training is interrupted, and at its end.
     *
     * @param file its folder must exist
     * @return saving to it
     */
    public static Saving to(Path file) {
        return new Saving(Optional.of(file), SECONDS);
    }

    /**
     * Another time between saves.
     *
     * @param between in seconds, 0 to save after every step
     * @return a copy
     */
    public Saving withSeconds(double between) {
        return new Saving(file, between);
    }
}
