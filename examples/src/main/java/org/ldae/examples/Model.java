package org.ldae.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.ldae.checkpoint.CheckpointException;
import org.ldae.inference.Encoder;
import org.ldae.models.LatentDAE;
import org.ldae.models.PlainEncoder;

/**
 * A model of this library in a file.
 *
 * @param denoiser the whole of it, if it is a denoising autoencoder
 * @param plain the encoder, if it is nothing more
 */
public record Model(Optional<LatentDAE> denoiser, Optional<PlainEncoder> plain) implements AutoCloseable {

    /**
     * Loads a denoising autoencoder, or else a plain encoder.
     *
     * @param file what either of them saved
     * @return the model; close it to free its memory
     * @throws IOException if the file can't be read, or is neither: why not the one and why not the other
     */
    public static Model load(Path file) throws IOException {
        try {
            return new Model(Optional.of(LatentDAE.load(file)), Optional.empty());
        } catch (CheckpointException whole) {
            if (!Files.exists(file)) {
                throw whole;
            }
            try {
                return new Model(Optional.empty(), Optional.of(PlainEncoder.load(file)));
            } catch (CheckpointException part) {
                part.addSuppressed(whole);
                throw new CheckpointException(
                        file,
                        "neither a denoising autoencoder (%s) nor a plain encoder (%s)"
                                .formatted(reason(file, whole), reason(file, part)),
                        part);
            }
        }
    }

    /** What a refusal says beside the name of the file. */
    static String reason(Path file, CheckpointException refused) {
        return String.valueOf(refused.getMessage()).replace(file + ": ", "");
    }

    /**
     * What represents images.
     *
     * @return of this model's lifetime
     */
    public Encoder encoder() {
        return denoiser.<Encoder>map(model -> model).orElseGet(plain::orElseThrow);
    }

    @Override
    public void close() {
        encoder().close();
    }
}
