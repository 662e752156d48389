package org.ldae.launcher;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.ldae.exchange.DitFormat;
import org.ldae.exchange.EncoderFormat;
import org.ldae.models.LatentDAE;
import org.ldae.models.PlainEncoder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Reads weights of other libraries and saves them as a model of this one. */
@Command(
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Reads weights of timm, MAE, Hugging Face or DiT and saves them as a model of this library.",
        footer = {"", "Example: ${COMMAND-FULL-NAME} --from timm --weights vit.safetensors --out encoder.safetensors"})
final class ImportWeights implements Callable<Integer> {

    @Option(names = "--from", required = true, description = "timm (MAE's too), hugging-face or dit.")
    private Ldae.Format from = Ldae.Format.timm;

    @Option(names = "--weights", required = true, paramLabel = "FILE", description = "A safetensors file.")
    private Path weights = Path.of("");

    @Option(names = "--heads", description = "Attention heads of a size that isn't published.")
    private int heads;

    @Option(names = "--side", paramLabel = "PIXELS", description = "Resample positions to square images of this side.")
    private int side;

    @Mixin
    private PixelOptions pixels = new PixelOptions();

    @Option(names = "--epsilon", description = "Epsilon of the norms (default: the format's).")
    private @Nullable Double epsilon;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "The model's file.")
    private Path out = Path.of("");

    ImportWeights() {}

    @Override
    public Integer call() throws IOException {
        if (from == Ldae.Format.dit) {
            Ldae.refuse(
                    "--side, --epsilon, --mean, --deviation",
                    side > 0 || epsilon != null || pixels.given(),
                    "are for --from timm and hugging-face");
            DitFormat format = from.denoisers();
            try (LatentDAE model = (heads > 0 ? format.withHeads(heads) : format).read(weights)) {
                model.save(out);
                System.out.printf(
                        "%s: %,d parameters, latents %s, %d classes%n",
                        out,
                        model.parameterCount(),
                        model.grid().image(),
                        model.classNames().size());
            }
            return 0;
        }
        try (PlainEncoder encoder = format().read(weights)) {
            encoder.save(out);
            System.out.printf(
                    "%s: %s, images %s, patches of %d%n",
                    out,
                    encoder.sizes().network(),
                    encoder.grid().image(),
                    encoder.grid().patch());
        }
        return 0;
    }

    private EncoderFormat format() {
        EncoderFormat format = from.encoders();
        format = heads > 0 ? format.withHeads(heads) : format;
        format = side > 0 ? format.withSide(side) : format;
        format = epsilon != null ? format.withEpsilon(epsilon) : format;
        return pixels.apply(format);
    }
}
