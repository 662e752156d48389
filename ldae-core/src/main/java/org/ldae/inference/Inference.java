package org.ldae.inference;

import org.ldae.compute.Tensor;
import org.ldae.compute.Workers;
import org.ldae.core.TokenGrid;
import org.ldae.data.ImageSource;
import org.ldae.inference.Features.Pooling;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Runs forward passes over many images, chunk by chunk on all workers.
 *
 * @param <P> layers over a fixed number of images
 */
public final class Inference<P> {

    /** Token rows of a pass: enough for full-speed products, few enough that a layer stays in the second-level cache. */
    private static final int ROWS_A_PASS = 1024;

    private final TokenGrid grid;
    private final Parameters parameters;
    private final Passes<P> passes;

    /**
     * A network and its weights.
     *
     * @param grid how images are cut
     * @param parameters its weights
     * @param passes builds its layers, once a worker
     */
    public Inference(TokenGrid grid, Parameters parameters, Passes<P> passes) {
        this.grid = grid;
        this.parameters = parameters;
        this.passes = passes;
    }

    /**
     * Builds layers.
     *
     * @param <P> layers over a fixed number of images
     */
    @FunctionalInterface
    public interface Passes<P> {
        /**
         * Builds layers.
         *
         * @param work workspace without gradients
         * @param images n
         * @return layers over n images
         */
        P pass(Workspace work, int images);
    }

    /**
     * Handles one chunk; called on worker threads, once a chunk.
     *
     * @param <P> layers over a fixed number of images
     */
    @FunctionalInterface
    public interface Handler<P> {
        /**
         * Handles one chunk.
         *
         * @param pass layers
         * @param numbers patches of n images, or other items; a last, smaller chunk is filled up with copies of its last item
         * @param chunk which images count
         */
        void handle(P pass, float[] numbers, Chunk chunk);
    }

    /**
     * What is read of the layers.
     *
     * @param <P> layers over a fixed number of images
     * @param pooling what becomes of the tokens
     * @param width M
     * @param tokens where they are read
     */
    public record Reading<P>(Pooling pooling, int width, Tokens<P> tokens) {}

    /**
     * Tokens of the images of a chunk.
     *
     * @param <P> layers over a fixed number of images
     */
    @FunctionalInterface
    public interface Tokens<P> {
        /**
         * Tokens of the images of a chunk.
         *
         * @param pass layers
         * @param pixels patches of n images
         * @param first index of the first image in the source
         * @return {@code [n L, M]}
         */
        Tensor of(P pass, float[] pixels, int first);
    }

    /**
     * Images [first, first + count) of a run.
     *
     * @param first index of the first
     * @param count how many
     * @param patches how they were cut
     */
    public record Chunk(int first, int count, Patches patches) {}

    /**
     * Most images of a pass.
     *
     * @param grid how they are cut
     * @return at least 1
     */
    public static int imagesAtOnce(TokenGrid grid) {
        return Math.max(1, ROWS_A_PASS / grid.tokens());
    }

    /**
     * Hands all images to the layers.
     *
     * @param images of the grid's shape
     * @param handler called for each chunk
     * @throws IllegalArgumentException if the shape differs
     */
    public void run(ImageSource images, Handler<P> handler) {
        if (!images.shape().equals(grid.image())) {
            throw new IllegalArgumentException("images: expected [C, H, W] = %s as in training, got %s; resize them"
                    .formatted(grid.image(), images.shape()));
        }
        int size = grid.image().size();
        Patches patches = Patches.of(grid);
        Reader cut = (index, destination, offset) -> {
            float[] image = new float[size];
            images.read(index, image, 0);
            patches.gather(image, 0, destination, offset);
        };
        run(new Items(images.size(), size, cut), handler);
    }

    /** Reads one item. */
    @FunctionalInterface
    public interface Reader {
        void read(int index, float[] destination, int offset);
    }

    /** What a run goes through: numbers of each item, and who reads it. */
    public record Items(int count, int numbers, Reader reader) {}

    /** Hands all items, images or their latents, to the layers. */
    public void run(Items items, Handler<P> handler) {
        int total = items.count();
        try (Workers workers = Workers.forImages(Math.max(1, total))) {
            int size = evenly(total, workers.count());
            workers.run(w -> {
                try (Workspace work = Workspace.inference(workers.kernels(w), parameters)) {
                    if (w * size < total) {
                        P pass = passes.pass(work, size);
                        float[] numbers = new float[size * items.numbers()];
                        for (int first = w * size; first < total; first += workers.count() * size) {
                            Chunk chunk = new Chunk(first, Math.min(size, total - first), Patches.of(grid));
                            read(items, chunk, numbers);
                            handler.handle(pass, numbers, chunk);
                        }
                    }
                }
            });
        }
    }

    /** Items of a chunk: as many chunks for each worker, none of them filled up by much. */
    private int evenly(int total, int workers) {
        int rounds = Math.max(1, ceilDiv(total, workers * imagesAtOnce(grid)));
        return Math.max(1, ceilDiv(total, workers * rounds));
    }

    private static int ceilDiv(int a, int b) {
        return (a + b - 1) / b;
    }

    private static void read(Items items, Chunk chunk, float[] numbers) {
        for (int i = 0; i < numbers.length / items.numbers(); i++) {
            int index = chunk.first() + Math.min(i, chunk.count() - 1);
            items.reader().read(index, numbers, i * items.numbers());
        }
    }

    /**
     * Features of all images.
     *
     * @param images of the grid's shape
     * @param reading what is read
     * @return {@code [N, M]} or {@code [N, L * M]}
     * @throws IllegalArgumentException if the shape differs
     */
    public INDArray features(ImageSource images, Reading<P> reading) {
        boolean all = reading.pooling() == Pooling.TOKENS;
        int size = grid.tokens() * reading.width();
        int numbers = all ? size : reading.width();
        float[] result = new float[Math.multiplyExact(images.size(), numbers)];
        run(images, (pass, pixels, chunk) -> {
            float[] tokens = reading.tokens().of(pass, pixels, chunk.first()).toArray();
            int to = chunk.first() * numbers;
            if (all) {
                System.arraycopy(tokens, 0, result, to, chunk.count() * size);
            } else {
                for (int i = 0; i < chunk.count(); i++) {
                    average(tokens, i * size, result, to + i * numbers, numbers);
                }
            }
        });
        return Nd4j.createFromArray(result).reshape('c', images.size(), numbers);
    }

    private void average(float[] tokens, int from, float[] result, int to, int width) {
        int count = grid.tokens();
        for (int token = 0; token < count; token++) {
            for (int j = 0; j < width; j++) {
                result[to + j] += tokens[from + token * width + j] / count;
            }
        }
    }
}
