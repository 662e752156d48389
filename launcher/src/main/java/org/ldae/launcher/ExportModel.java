package org.ldae.launcher;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.ldae.inference.Features;
import org.ldae.models.LatentDAE;
import org.ldae.models.PlainEncoder;
import org.ldae.onnx.OnnxModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes a model of this library for others. */
@Command(
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Writes a model of this library as ONNX, or under the names of timm, Hugging Face or DiT.")
final class ExportModel implements Callable<Integer> {

    @Option(names = "--model", required = true, paramLabel = "FILE", description = "A model or checkpoint.")
    private Path model = Path.of("");

    @Option(names = "--to", required = true, description = "onnx, timm, hugging-face or dit.")
    private Ldae.Format to = Ldae.Format.onnx;

    @Option(
            names = "--features",
            description = "averaged, tokens or class-token of an ONNX encoder (default: ${DEFAULT-VALUE}).")
    private Read features = Read.averaged;

    @Option(
            names = "--time",
            description = "t that the encoder of a denoising autoencoder is told (default: ${DEFAULT-VALUE}).")
    private double time = 0.01;

    @Mixin
    private PixelOptions pixels = new PixelOptions();

    @Option(names = "--denoise", paramLabel = "SIGMA", description = "An ONNX denoiser of this level instead.")
    private @Nullable Double sigma;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "What is written.")
    private Path out = Path.of("");

    /** What is read of an encoder. */
    enum Read {
        averaged,
        tokens,
        class_token {
            @Override
            public String toString() {
                return "class-token";
            }
        };

        Features features() {
            return switch (this) {
                case averaged -> Features.pooled();
                case tokens -> Features.tokens();
                case class_token -> Features.classToken();
            };
        }
    }

    ExportModel() {}

    @Override
    public Integer call() throws IOException {
        try (Model loaded = Model.load(model)) {
            switch (to) {
                case onnx -> onnx(loaded).write(out);
                case dit -> to.denoisers().write(denoiser(loaded), out);
                case timm, hugging_face -> {
                    try (PlainEncoder encoder = loaded.plainEncoder(time)) {
                        pixels.apply(to.encoders()).write(encoder, out);
                    }
                }
            }
        }
        System.out.println("Wrote " + out.toAbsolutePath());
        return 0;
    }

    private OnnxModel onnx(Model loaded) {
        if (sigma != null) {
            return OnnxModel.denoiser(denoiser(loaded), sigma);
        }
        try (PlainEncoder encoder = loaded.plainEncoder(time)) {
            return OnnxModel.encoder(encoder, features.features());
        }
    }

    private LatentDAE denoiser(Model loaded) {
        return loaded.denoiser()
                .orElseThrow(() -> new IllegalArgumentException(
                        "--model: expected a denoising autoencoder, got a plain encoder in " + model));
    }
}
