package org.ldae.tokenizers;

import java.nio.FloatBuffer;
import org.ldae.compute.Tensor;
import org.ldae.compute.Workers;
import org.ldae.core.Shapes;
import org.ldae.core.TokenGrid;
import org.ldae.inference.Blockwise;
import org.ldae.inference.HeapCopy;
import org.ldae.inference.Patches;
import org.ldae.nn.Workspace;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Encodes and decodes arrays, some images at a time on all workers. */
final class ConvRun {

    private final ConvVAE tokenizer;
    private final Patches patches;
    private final int imageSize;
    private final int latentSize;

    ConvRun(ConvVAE tokenizer) {
        TokenGrid grid = tokenizer.grid();
        this.tokenizer = tokenizer;
        this.patches = Patches.of(grid);
        this.imageSize = grid.image().size();
        this.latentSize = grid.tokens() * tokenizer.dimension();
    }

    /** What is done with one pass: its numbers are read from one array and written to another. */
    private interface Pass {
        void run(Side side, float[] in, float[] out);
    }

    /** A worker's codec with its two ends. */
    private final class Side {
        private final Codec codec;
        private final Tensor pixels;
        private final Tensor latents;
        private final float[] heap;

        Side(Workspace work, int images) {
            TokenGrid grid = tokenizer.grid();
            codec = tokenizer.codec(work, images);
            pixels = work.allocate(images * grid.tokens(), grid.patchSize());
            latents = work.allocate(images * grid.tokens(), tokenizer.dimension());
            heap = new float[images * imageSize];
        }
    }

    INDArray encode(INDArray images) {
        float[] latents = new float[Math.multiplyExact((int) images.size(0), latentSize)];
        run(images, imageSize, latents, latentSize, (side, in, out) -> {
            for (int from = 0; from < in.length; from += imageSize) {
                patches.gather(in, from, side.heap, from);
            }
            side.pixels.put(side.heap);
            side.codec.encode(side.pixels, side.latents);
            side.latents.get(out);
        });
        return HeapCopy.of(latents, images.size(0), tokenizer.grid().tokens(), tokenizer.dimension());
    }

    INDArray decode(INDArray latents) {
        float[] images = new float[Math.multiplyExact((int) latents.size(0), imageSize)];
        run(latents, latentSize, images, imageSize, (side, in, out) -> {
            side.latents.put(in);
            side.codec.decode(side.latents, side.pixels);
            side.pixels.get(side.heap);
            for (int from = 0; from < out.length; from += imageSize) {
                patches.scatter(side.heap, from, out, from);
            }
        });
        long[] axes = Patches.imageAxes(tokenizer.grid());
        return HeapCopy.of(images, latents.size(0), axes[0], axes[1], axes[2]);
    }

    private void run(INDArray input, int inSize, float[] result, int outSize, Pass pass) {
        int count = (int) input.size(0);
        Blockwise.requireItems(input);
        INDArray rowMajor = Shapes.contiguous(input);
        FloatBuffer numbers = rowMajor.data().asNioFloat();
        try (Workers workers = new Workers()) {
            int share = (count + workers.count() - 1) / workers.count();
            int size = Math.min(share, tokenizer.architecture().imagesAtOnce());
            workers.run(w -> {
                if (w * size >= count) {
                    return;
                }
                try (Workspace work = Workspace.inference(workers.kernels(w), tokenizer.parameters())) {
                    Side side = new Side(work, size);
                    float[] in = new float[size * inSize];
                    float[] out = new float[size * outSize];
                    for (int first = w * size; first < count; first += workers.count() * size) {
                        int items = Math.min(size, count - first);
                        // What a last, smaller pass leaves of the one before is computed again and not looked at.
                        numbers.get(first * inSize, in, 0, items * inSize);
                        pass.run(side, in, out);
                        System.arraycopy(out, 0, result, first * outSize, items * outSize);
                    }
                }
            });
        }
        if (rowMajor != input) {
            rowMajor.close();
        }
    }
}
