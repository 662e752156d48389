package org.ldae.exchange;

import java.util.Map;
import java.util.OptionalInt;
import org.ldae.checkpoint.Safetensors;
import org.ldae.checkpoint.SafetensorsBuilder;
import org.ldae.compute.Activation;
import org.ldae.core.ImageShape;
import org.ldae.transformer.VisionTransformer;

/** What no tensor tells, as this library writes it into a file's metadata beside Hugging Face's {@code format: pt}. */
final class WrittenForm {

    static final String HEADS = "ldae.heads";
    private static final String ACTIVATION = "ldae.activation";
    private static final String EPSILON = "ldae.epsilon";
    private static final String IMAGE = "ldae.image";

    private WrittenForm() {}

    static SafetensorsBuilder put(SafetensorsBuilder builder, VisionTransformer net, ImageShape image) {
        return builder.metadata("format", "pt")
                .metadata(HEADS, Integer.toString(net.heads()))
                .metadata(ACTIVATION, net.form().activation().name())
                .metadata(EPSILON, Double.toString(net.form().epsilon()))
                .metadata(IMAGE, image.channels() + " " + image.height() + " " + image.width());
    }

    /** A format with what the metadata tells of heads, activation and epsilon. */
    static EncoderFormat applied(EncoderFormat format, Map<String, String> metadata) {
        EncoderFormat told = format;
        if (metadata.containsKey(HEADS)) {
            told = told.withHeads(Integer.parseInt(metadata.get(HEADS)));
        }
        if (metadata.containsKey(ACTIVATION)) {
            told = told.withActivation(Activation.valueOf(metadata.get(ACTIVATION)));
        }
        if (metadata.containsKey(EPSILON)) {
            told = told.withEpsilon(Double.parseDouble(metadata.get(EPSILON)));
        }
        return told;
    }

    /** Rows of tokens where the metadata tells the image; else those of a square. */
    static OptionalInt rows(Safetensors file, int patch) {
        String image = file.metadata().get(IMAGE);
        return image == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(image.split(" ", -1)[1]) / patch);
    }
}
