package org.ldae.exchange;

import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.ldae.checkpoint.Safetensors;
import org.ldae.compute.Activation;
import org.ldae.data.Normalization;
import org.ldae.models.PlainEncoder;
import org.ldae.probe.LinearProbe;

/**
 * How vision transformers of other libraries lie in a safetensors file, and what no tensor of theirs tells.
 *
 * <pre>{@code
 * PlainEncoder encoder = EncoderFormat.timm().read(Path.of("vit_base_patch16_224.mae.safetensors"));
 * INDArray features = encoder.represent(images, Features.classToken());   // images in [-1, 1], as everywhere
 * EncoderFormat.timm().write(encoder, Path.of("tuned.safetensors"));      // PyTorch reads it by the same names
 * }</pre>
 *
 * <p>The input normalisation goes into the patch embedding, so that such an encoder reads pixels in [-1, 1] and is represented,
 * probed, reported on and fine-tuned as one of ours. What a file has and this library lacks is refused by name.
 *
 * @param naming whose names the tensors have
 * @param normalization of the pixels it was trained on
 * @param activation non-linearity of the MLPs
 * @param epsilon what its LayerNorms add to the variance
 * @param heads attention heads; empty for those of the published sizes by width
 * @param side of the images it shall read, in pixels; empty for those it was trained on
 */
public record EncoderFormat(
        Naming naming,
        Normalization normalization,
        Activation activation,
        double epsilon,
        OptionalInt heads,
        OptionalInt side) {

    /**
     * The format of timm's {@code VisionTransformer} and of the MAE repository: epsilon 1e-6, GELU by the error function, pixels
     * normalised by ImageNet's means. Some of timm's weights want others: {@link #withNormalization}.
     *
     * @return the format
     */
    public static EncoderFormat timm() {
        return new EncoderFormat(
                Naming.TIMM,
                Normalization.imageNet(),
                Activation.GELU_ERF,
                1e-6,
                OptionalInt.empty(),
                OptionalInt.empty());
    }

    /**
     * The format of Hugging Face's {@code ViTMAEModel} and {@code ViTModel}: epsilon 1e-12, GELU by the error function, pixels
     * normalised by ImageNet's means as ViTMAE's. ViTModel's want {@code Normalization.ofUnitScale(0.5 ..., 0.5 ...)}.
     *
     * @return the format
     */
    public static EncoderFormat huggingFace() {
        return new EncoderFormat(
                Naming.HUGGING_FACE,
                Normalization.imageNet(),
                Activation.GELU_ERF,
                1e-12,
                OptionalInt.empty(),
                OptionalInt.empty());
    }

    /**
     * Another normalisation of the pixels.
     *
     * @param pixels mean and deviation of each channel
     * @return a copy
     */
    public EncoderFormat withNormalization(Normalization pixels) {
        return new EncoderFormat(naming, pixels, activation, epsilon, heads, side);
    }

    /**
     * Another non-linearity.
     *
     * @param f of the MLPs
     * @return a copy
     */
    public EncoderFormat withActivation(Activation f) {
        return new EncoderFormat(naming, normalization, f, epsilon, heads, side);
    }

    /**
     * Another epsilon.
     *
     * @param newEpsilon what LayerNorms add to the variance
     * @return a copy
     */
    public EncoderFormat withEpsilon(double newEpsilon) {
        return new EncoderFormat(naming, normalization, activation, newEpsilon, heads, side);
    }

    /**
     * Heads of a size that isn't published.
     *
     * @param count attention heads, a divisor of the width
     * @return a copy
     */
    public EncoderFormat withHeads(int count) {
        return new EncoderFormat(naming, normalization, activation, epsilon, OptionalInt.of(count), side);
    }

    /**
     * Images of another size than those of the training: positions are resampled as timm does, bicubic with antialiasing.
     *
     * @param pixels of each side, a multiple of the patch
     * @return a copy
     */
    public EncoderFormat withSide(int pixels) {
        return new EncoderFormat(naming, normalization, activation, epsilon, heads, OptionalInt.of(pixels));
    }

    /**
     * Reads an encoder. A decoder of its training and a classifier on it are left aside.
     *
     * @param path a safetensors file of F32, F16 or BF16 tensors
     * @return the encoder; close it to free its memory
     * @throws IOException if the file can't be read, or tensors are missing, of another shape or unknown: all of them by name
     */
    public PlainEncoder read(Path path) throws IOException {
        try (Safetensors file = Safetensors.read(path)) {
            return new EncoderReader(file, this).encoder();
        }
    }

    /**
     * Reads the classifier that was trained with an encoder, for its {@link org.ldae.inference.Features#classToken}.
     *
     * @param path the encoder's file
     * @return the classifier; its classes are those of the training, in their order
     * @throws IOException if the file can't be read or has no linear classifier on the class token
     */
    public LinearProbe readHead(Path path) throws IOException {
        try (Safetensors file = Safetensors.read(path)) {
            return new EncoderReader(file, this).head();
        }
    }

    /**
     * Writes an encoder under these names: one that came from such a file, or one of ours, which there is a ViT without class
     * token and, unless it was fine-tuned, without last norm, with positions stored as a table. Its form stands in the metadata
     * and is read back from there.
     *
     * @param encoder any plain encoder
     * @param path a safetensors file, replaced only when the new one is complete
     * @throws IOException if it can't be written
     * @throws IllegalArgumentException if the channels of images and normalisation differ
     */
    public void write(PlainEncoder encoder, Path path) throws IOException {
        new EncoderWriter(encoder, this).write(path);
    }
}
