package org.ldae.launcher;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.ldae.examples.Model;
import org.ldae.exchange.EncoderFormat;
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
        description = "Writes a model of this library as ONNX, or under the names of timm, Hugging Face or DiT.",
        footer = {"", "Example: ${COMMAND-FULL-NAME} --model encoder.safetensors --to onnx --out encoder.onnx"})
final class ExportModel implements Callable<Integer> {

    @Option(names = "--model", required = true, paramLabel = "FILE", description = "A model or checkpoint.")
    private Path model = Path.of("");

    @Option(names = "--to", required = true, description = "onnx, timm, hugging-face or dit.")
    private Ldae.Format to = Ldae.Format.onnx;

    @Option(
            names = "--features",
            description = "averaged, tokens or class-token of an ONNX encoder (default: averaged).")
    private @Nullable Read features;

    @Option(names = "--time", description = "t that the encoder of a denoising autoencoder is told (default: 0.01).")
    private @Nullable Double time;

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
        boolean encoder = to != Ldae.Format.dit && sigma == null;
        Ldae.refuse("--denoise", sigma != null && to != Ldae.Format.onnx, "is for --to onnx");
        Ldae.refuse("--features", features != null && (to != Ldae.Format.onnx || !encoder), "is for an ONNX encoder");
        Ldae.refuse("--time", time != null && !encoder, "is for encoders");
        Ldae.refuse(
                "--mean, --deviation",
                pixels.given() && to != Ldae.Format.timm && to != Ldae.Format.hugging_face,
                "are for --to timm and hugging-face");
        try (Model loaded = Model.load(model)) {
            switch (to) {
                case onnx -> onnx(loaded).write(out);
                case dit -> to.denoisers().write(denoiser(loaded), out);
                case timm, hugging_face -> plain(loaded);
            }
        }
        System.out.println("Wrote " + out.toAbsolutePath());
        return 0;
    }

    private OnnxModel onnx(Model loaded) {
        if (sigma != null) {
            return OnnxModel.denoiser(denoiser(loaded), sigma);
        }
        Features read = (features == null ? Read.averaged : features).features();
        return loaded.denoiser().isPresent()
                ? OnnxModel.encoder(loaded.denoiser().get(), read.at(time()))
                : OnnxModel.encoder(loaded.plain().orElseThrow(), read);
    }

    private double time() {
        return time == null ? 0.01 : time;
    }

    private void plain(Model loaded) throws IOException {
        EncoderFormat format = pixels.apply(to.encoders());
        if (loaded.plain().isPresent()) {
            format.write(loaded.plain().get(), out);
            return;
        }
        try (PlainEncoder folded = denoiser(loaded).plainEncoder(time())) {
            format.write(folded, out);
        }
    }

    private LatentDAE denoiser(Model loaded) {
        return loaded.denoiser()
                .orElseThrow(() -> new IllegalArgumentException(
                        "--model: expected a denoising autoencoder, got a plain encoder in " + model));
    }
}
