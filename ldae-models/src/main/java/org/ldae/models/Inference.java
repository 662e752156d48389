package org.ldae.models;

import org.ldae.compute.Workers;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;
import org.ldae.tokenizers.FittedTokenizer;
import org.ldae.tokenizers.Patches;

/** Runs forward passes over many images, chunk by chunk on all workers. */
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

    /** Reads one image. */
    interface Reader {
        void read(int index, float[] destination, int offset);
    }

    /** Handles one chunk; called on worker threads, once a chunk. */
    interface Handler {
        void handle(DenoisingPass pass, float[] pixels, Chunk chunk);
    }

    /** Images [first, first + count) of a run. */
    record Chunk(int first, int count, Patches patches) {}

    void run(int total, Reader reader, Handler handler) {
        try (Workers workers = new Workers()) {
            int tokens = tokenizer.grid().tokens();
            int share = (total + workers.count() - 1) / workers.count();
            int size = Math.max(1, Math.min(share, ROWS_A_PASS / tokens));
            workers.run(w -> {
                try (Workspace work = Workspace.inference(workers.kernels(w), parameters)) {
                    if (w * size < total) {
                        DenoisingPass pass = new DenoisingPass(fitted, work, size);
                        for (int first = w * size; first < total; first += workers.count() * size) {
                            int count = Math.min(size, total - first);
                            one(pass, new Chunk(first, count, Patches.of(tokenizer.grid())), reader, handler);
                        }
                    }
                }
            });
        }
    }

    private void one(DenoisingPass pass, Chunk chunk, Reader reader, Handler handler) {
        int size = tokenizer.grid().image().size();
        float[] image = new float[size];
        float[] pixels = new float[pass.images() * size];
        for (int i = 0; i < pass.images(); i++) {
            // A last, smaller chunk is filled up with copies of its last image.
            reader.read(chunk.first() + Math.min(i, chunk.count() - 1), image, 0);
            chunk.patches().gather(image, 0, pixels, i * size);
        }
        handler.handle(pass, pixels, chunk);
    }
}
