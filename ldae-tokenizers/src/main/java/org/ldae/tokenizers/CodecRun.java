package org.ldae.tokenizers;

import org.ldae.compute.Tensor;
import org.ldae.core.ImageShape;
import org.ldae.core.Shapes;
import org.ldae.core.TokenGrid;
import org.ldae.data.ImageSource;
import org.ldae.inference.Inference;
import org.ldae.inference.Items;
import org.ldae.inference.Patches;
import org.ldae.nn.Workspace;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Encodes and decodes any number of images by a tokenizer's codec, in the patch layout that a training step uses. */
final class CodecRun {

    private final Tokenizer tokenizer;
    private final TokenGrid grid;
    private final Patches patches;
    private final int imageSize;
    private final int latentSize;

    CodecRun(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
        this.grid = tokenizer.grid();
        this.patches = Patches.of(grid);
        this.imageSize = grid.image().size();
        this.latentSize = grid.tokens() * tokenizer.dimension();
    }

    INDArray encode(INDArray images) {
        Patches.requireImages(grid, images);
        return encode(Items.of(images));
    }

    INDArray encode(ImageSource images) {
        requireShape(images);
        return encode(Items.of(images));
    }

    private INDArray encode(Items images) {
        return run(images, new long[] {grid.tokens(), tokenizer.dimension()}, (work, n) -> {
            Side side = new Side(work, n);
            return (pixels, latents, first) -> {
                side.encode(pixels);
                side.latents.get(latents);
            };
        });
    }

    INDArray decode(INDArray latents) {
        Shapes.require("latents", latents, "N L D", Shapes.ANY, grid.tokens(), tokenizer.dimension());
        return run(Items.of(latents), Patches.imageAxes(grid), (work, n) -> {
            Side side = new Side(work, n);
            return (codes, pixels, first) -> {
                side.latents.put(codes);
                side.decode(pixels);
            };
        });
    }

    /** Mean squared error a pixel of encoding and decoding. */
    double reconstructionError(ImageSource images) {
        requireShape(images);
        INDArray errors = run(Items.of(images), new long[] {1}, (work, n) -> {
            Side side = new Side(work, n);
            float[] decoded = new float[n * imageSize];
            return (pixels, error, first) -> {
                side.encode(pixels);
                side.decode(decoded);
                for (int i = 0; i < n; i++) {
                    error[i] = (float) squaredError(pixels, decoded, i * imageSize);
                }
            };
        });
        try (errors) {
            double sum = 0;
            for (float error : errors.data().asFloat()) {
                sum += error;
            }
            return sum / images.size();
        }
    }

    private double squaredError(float[] pixels, float[] decoded, int from) {
        double sum = 0;
        for (int i = from; i < from + imageSize; i++) {
            double difference = (double) decoded[i] - pixels[i];
            sum += difference * difference;
        }
        return sum / imageSize;
    }

    private void requireShape(ImageSource images) {
        ImageShape shape = grid.image();
        if (!images.shape().equals(shape) || images.size() == 0) {
            throw new IllegalArgumentException("images: expected at least one of [C, H, W] = %s, got %d of %s"
                    .formatted(shape, images.size(), images.shape()));
        }
    }

    private INDArray run(Items items, long[] axes, Inference.Passes passes) {
        return Inference.withoutWeights(Inference.itemsAtOnce(Math.max(imageSize, latentSize)))
                .map(items, axes, passes);
    }

    /** A worker's codec with its two ends. */
    private final class Side {
        private final Codec codec;
        private final Tensor pixels;
        private final Tensor latents;
        private final float[] cut;

        Side(Workspace work, int images) {
            codec = tokenizer.codec(work, images);
            pixels = work.allocate(images * grid.tokens(), grid.patchSize());
            latents = work.allocate(images * grid.tokens(), tokenizer.dimension());
            cut = new float[images * imageSize];
        }

        void encode(float[] images) {
            for (int from = 0; from < cut.length; from += imageSize) {
                patches.gather(images, from, cut, from);
            }
            pixels.put(cut);
            codec.encode(pixels, latents);
        }

        void decode(float[] images) {
            codec.decode(latents, pixels);
            pixels.get(cut);
            for (int from = 0; from < cut.length; from += imageSize) {
                patches.scatter(cut, from, images, from);
            }
        }
    }
}
