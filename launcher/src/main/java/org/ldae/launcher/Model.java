package org.ldae.launcher;

import java.io.IOException;
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
record Model(Optional<LatentDAE> denoiser, Optional<PlainEncoder> plain) implements AutoCloseable {

    /** A denoising autoencoder, or else a plain encoder. */
    static Model load(Path file) throws IOException {
        try {
            return new Model(Optional.of(LatentDAE.load(file)), Optional.empty());
        } catch (CheckpointException reason) {
            try {
                return new Model(Optional.empty(), Optional.of(PlainEncoder.load(file)));
            } catch (CheckpointException e) {
                e.addSuppressed(reason);
                throw e;
            }
        }
    }

    Encoder encoder() {
        return denoiser.<Encoder>map(model -> model).orElseGet(plain::orElseThrow);
    }

    /** The encoder as a plain one, of this model's lifetime; folded at a time if it is told one. */
    PlainEncoder plainEncoder(double time) {
        return denoiser.map(model -> model.plainEncoder(time)).orElseGet(plain::orElseThrow);
    }

    @Override
    public void close() {
        encoder().close();
    }
}
