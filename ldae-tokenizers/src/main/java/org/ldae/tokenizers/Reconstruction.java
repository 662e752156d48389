package org.ldae.tokenizers;

import java.nio.FloatBuffer;
import org.ldae.core.ImageShape;
import org.ldae.data.ImageSource;
import org.ldae.inference.Blockwise;
import org.ldae.inference.HeapCopy;
import org.nd4j.linalg.api.ndarray.INDArray;

/** How far images are from what a tokenizer makes of them. */
final class Reconstruction {

    private Reconstruction() {}

    /** Mean squared error a pixel of encoding and decoding, a block of images at a time. */
    static double meanSquaredError(Tokenizer tokenizer, ImageSource images) {
        ImageShape shape = tokenizer.grid().image();
        if (!images.shape().equals(shape) || images.size() == 0) {
            throw new IllegalArgumentException("images: expected at least one of [C, H, W] = %s, got %d of %s"
                    .formatted(shape, images.size(), images.shape()));
        }
        int block = Math.min(images.size(), Blockwise.items(shape.size()));
        float[] pixels = new float[block * shape.size()];
        double sum = 0;
        for (int first = 0; first < images.size(); first += block) {
            int items = Math.min(block, images.size() - first);
            for (int i = 0; i < items; i++) {
                images.read(first + i, pixels, i * shape.size());
            }
            sum += squaredError(tokenizer, pixels, items);
        }
        return sum / images.size() / shape.size();
    }

    private static double squaredError(Tokenizer tokenizer, float[] pixels, int items) {
        ImageShape shape = tokenizer.grid().image();
        double sum = 0;
        try (INDArray x = HeapCopy.of(pixels, items, shape.channels(), shape.height(), shape.width());
                INDArray latents = tokenizer.encode(x);
                INDArray decoded = tokenizer.decode(latents)) {
            FloatBuffer numbers = decoded.data().asNioFloat();
            float[] back = new float[items * shape.size()];
            numbers.get(back);
            for (int i = 0; i < back.length; i++) {
                double difference = (double) back[i] - pixels[i];
                sum += difference * difference;
            }
        }
        return sum;
    }
}
