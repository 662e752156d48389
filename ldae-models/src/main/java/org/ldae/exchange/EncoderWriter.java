package org.ldae.exchange;

import java.io.IOException;
import java.nio.file.Path;
import org.ldae.checkpoint.Safetensors;
import org.ldae.checkpoint.SafetensorsBuilder;
import org.ldae.core.TokenGrid;
import org.ldae.models.PlainEncoder;
import org.ldae.nn.Denoiser;
import org.ldae.nn.Parameters;
import org.ldae.nn.Positions;
import org.ldae.transformer.VisionTransformer;

/** Writes an encoder in a format. */
final class EncoderWriter {

    private static final String POSITIONS = "embed.positions";

    private final PlainEncoder encoder;
    private final EncoderFormat format;

    EncoderWriter(PlainEncoder encoder, EncoderFormat format) {
        this.encoder = encoder;
        this.format = format;
    }

    void write(Path path) throws IOException {
        TokenGrid grid = encoder.grid();
        int channels = grid.image().channels();
        if (format.normalization().means().size() != channels) {
            throw new IllegalArgumentException("normalization: expected one mean for each of %d channels, got %s"
                    .formatted(channels, format.normalization()));
        }
        VisionTransformer ours = encoder.sizes().network().plain();
        VisionTransformer net = ours.withVariant(ours.form().withLearntPositions(true));
        Parameters.Layout layout = Parameters.layout();
        net.encoder(layout, Denoiser.Signature.of(grid, grid.patchSize(), grid.patchSize()));
        try (Parameters parameters = layout.zeros()) {
            if (!ours.form().learntPositions()) {
                float[] fixed = Positions.grid(grid.rows(), grid.columns(), net.width());
                int offset = net.form().classToken() ? net.width() : 0;
                float[] table = new float[offset + fixed.length];
                System.arraycopy(fixed, 0, table, offset, fixed.length);
                parameters.view(parameters.values(), POSITIONS).put(table);
            }
            encoder.copyInto(parameters);
            PixelScale.unfold(parameters, format.normalization());
            SafetensorsBuilder builder = WrittenForm.put(Safetensors.builder(), net, grid.image());
            format.naming()
                    .table(format.naming().prefix(), net, Form.convolution(channels, grid.patch()))
                    .write(parameters, builder);
            builder.write(path);
        }
    }
}
