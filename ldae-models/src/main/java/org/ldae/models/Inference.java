package org.ldae.models;

import org.ldae.compute.Workers;
import org.ldae.nn.Denoiser;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;
import org.ldae.tokenizers.FittedTokenizer;
import org.ldae.tokenizers.Patches;

/** Runs forward passes over many images or their latents, chunk by chunk on all workers. */
final class Inference {

    private static final int ROWS_A_PASS = 1024;

    private final FittedRecipe fitted;
    private final FittedTokenizer tokenizer;
    private final Parameters parameters;

    Inference(FittedRecipe fitted, Parameters parameters) {
        this.fitted = fitted;
        this.tokenizer = fitted.tokenizer();
        this.parameters = parameters;
    }

    /** Reads one item. */
    interface Reader {
        void read(int index, float[] destination, int offset);
    }

    /** What a run goes through: numbers of each item, and who reads it. */
    record Items(int count, int numbers, Reader reader) {}

    /** Handles one chunk; called on worker threads, once a chunk. */
    interface Handler {
        void handle(DenoisingPass pass, float[] numbers, Chunk chunk);
    }

    /** Items [first, first + count) of a run. */
    record Chunk(int first, int count, Patches patches) {}

    /** Images, handed on as patches. */
    Items images(int count, Reader pixels) {
        int size = tokenizer.grid().image().size();
        Patches patches = Patches.of(tokenizer.grid());
        return new Items(count, size, (index, destination, offset) -> {
            float[] image = new float[size];
            pixels.read(index, image, 0);
            patches.gather(image, 0, destination, offset);
        });
    }

    /** The network's estimate of clean latents, {@code [N, L, D]} each in a row. */
    float[] estimate(float[] noised, Denoiser.Conditions at) {
        int numbers = tokenizer.grid().tokens() * tokenizer.dimension();
        float[] result = new float[noised.length];
        Reader reader =
                (index, destination, offset) -> System.arraycopy(noised, index * numbers, destination, offset, numbers);
        run(new Items(noised.length / numbers, numbers, reader), (pass, latents, chunk) -> {
            Denoiser.Conditions told = Denoiser.Conditions.of(pass.images());
            System.arraycopy(at.times(), chunk.first(), told.times(), 0, chunk.count());
            System.arraycopy(at.labels(), chunk.first(), told.labels(), 0, chunk.count());
            pass.givenNoised(latents, told);
            float[] clean = pass.cleanLatents().toArray();
            System.arraycopy(clean, 0, result, chunk.first() * numbers, chunk.count() * numbers);
        });
        return result;
    }

    void run(Items items, Handler handler) {
        try (Workers workers = new Workers()) {
            int total = items.count();
            int tokens = tokenizer.grid().tokens();
            int share = (total + workers.count() - 1) / workers.count();
            int size = Math.max(1, Math.min(share, ROWS_A_PASS / tokens));
            workers.run(w -> {
                try (Workspace work = Workspace.inference(workers.kernels(w), parameters)) {
                    if (w * size < total) {
                        DenoisingPass pass = new DenoisingPass(fitted, work, size);
                        for (int first = w * size; first < total; first += workers.count() * size) {
                            int count = Math.min(size, total - first);
                            one(pass, new Chunk(first, count, Patches.of(tokenizer.grid())), items, handler);
                        }
                    }
                }
            });
        }
    }

    private static void one(DenoisingPass pass, Chunk chunk, Items items, Handler handler) {
        float[] numbers = new float[pass.images() * items.numbers()];
        for (int i = 0; i < pass.images(); i++) {
            // A last, smaller chunk is filled up with copies of its last item.
            int index = chunk.first() + Math.min(i, chunk.count() - 1);
            items.reader().read(index, numbers, i * items.numbers());
        }
        handler.handle(pass, numbers, chunk);
    }
}
