package org.ldae.exchange;

import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.ldae.checkpoint.Safetensors;
import org.ldae.models.LatentDAE;

/**
 * How DiT's networks (Peebles and Xie 2023) lie in a safetensors file under the names of their repository.
 *
 * <pre>{@code
 * LatentDAE dit = DitFormat.published().read(Path.of("DiT-XL-2-256x256.safetensors"));
 * INDArray latents = Samples.of(dit, Sampler.ddim(50)).withGuidance(4).draw(new int[] {207}, Rng.of(1), Progress.none());
 * }</pre>
 *
 * <p>Such a model works on the latents of an autoencoder of yours, {@code [4, H / 8, W / 8]} times 0.18215 for the published ones,
 * as images; its tokens are patches of them as they are. It is told the time and a class, predicts the noise of DDPM's schedule,
 * and represents by its first half. The variance that a DiT predicts beside the noise is left out.
 *
 * @param heads attention heads; empty for those of the published sizes by width
 */
public record DitFormat(OptionalInt heads) {

    /**
     * DiT-S, B, L or XL.
     *
     * @return the format
     */
    public static DitFormat published() {
        return new DitFormat(OptionalInt.empty());
    }

    /**
     * Heads of a size that isn't published.
     *
     * @param count attention heads, a divisor of the width
     * @return a copy
     */
    public DitFormat withHeads(int count) {
        return new DitFormat(OptionalInt.of(count));
    }

    /**
     * Reads a model.
     *
     * @param path a safetensors file of F32, F16 or BF16 tensors
     * @return the model, whose classes are called by their numbers; close it to free its memory
     * @throws IOException if the file can't be read, or tensors are missing, of another shape or unknown: all of them by name
     */
    public LatentDAE read(Path path) throws IOException {
        try (Safetensors file = Safetensors.read(path)) {
            return new DitReader(file, this).model();
        }
    }

    /**
     * Writes a model that is a DiT: tokens are patches as they are, the schedule is DDPM's, time and label are told by adaLN-Zero
     * as wide as the tokens.
     *
     * @param model one that {@link #read} made, or such a recipe of yours
     * @param path a safetensors file, replaced only when the new one is complete; it predicts no variance
     * @throws IOException if it can't be written
     * @throws IllegalArgumentException if the model is no DiT: what differs
     */
    public void write(LatentDAE model, Path path) throws IOException {
        new DitWriter(model).write(path);
    }
}
