package org.ldae.exchange;

import java.io.IOException;
import java.util.OptionalInt;
import org.ldae.checkpoint.CheckpointException;
import org.ldae.checkpoint.Safetensors;
import org.ldae.core.ImageShape;
import org.ldae.core.TokenGrid;
import org.ldae.models.PlainEncoder;
import org.ldae.models.Provenance;
import org.ldae.nn.Denoiser;
import org.ldae.nn.Parameters;
import org.ldae.probe.LinearProbe;
import org.ldae.transformer.Variant;
import org.ldae.transformer.VisionTransformer;
import org.ldae.transformer.VisionTransformer.Conditioning;

/** Reads one file in a format: sizes from shapes, weights by the naming's table. */
final class EncoderReader {

    private static final String POSITIONS = "embed.positions";

    private final Safetensors file;
    private final EncoderFormat format;
    private final Naming naming;
    private final String before;

    EncoderReader(Safetensors file, EncoderFormat format) throws IOException {
        this.file = file;
        this.format = file.interpret("metadata", () -> WrittenForm.applied(format, file.metadata()));
        this.naming = format.naming();
        this.before = naming.prefix(file.names());
    }

    PlainEncoder encoder() throws IOException {
        long[] projection = Table.shape(file, naming.patches(before) + ".weight", 4); // [M, C, P, P]
        int channels = (int) projection[1];
        int patch = (int) projection[2];
        requireChannels(channels);
        VisionTransformer net = network((int) projection[0]);
        TokenGrid trained = trainedGrid(net, channels, patch);
        TokenGrid wanted = format.side().isEmpty()
                ? trained
                : new TokenGrid(
                        new ImageShape(
                                channels,
                                format.side().getAsInt(),
                                format.side().getAsInt()),
                        patch);
        Table table = naming.table(before, net, Form.convolution(channels, patch));
        Parameters parameters = table.read(file, layout(net, trained));
        PixelScale.fold(parameters, format.normalization());
        return new PlainEncoder(
                new PlainEncoder.Sizes(net, wanted),
                Provenance.imported(file.file()),
                trained.equals(wanted) ? parameters : resampled(net, parameters, trained, wanted));
    }

    LinearProbe head() throws IOException {
        String weight = naming.head() + ".weight";
        if (file.has("fc_norm.weight") || !file.has(naming.classToken(before))) {
            throw new CheckpointException(
                    file.file(),
                    "head: expected a linear classifier on the class token, got one on averages; fine-tune or probe"
                            + " the encoder instead");
        }
        return LinearProbe.of(
                file.tensor(weight),
                file.tensor(naming.head() + ".bias"),
                "the classifier of " + file.file().getFileName());
    }

    private VisionTransformer network(int width) throws IOException {
        int blocks = naming.count(before, file.names());
        if (blocks == 0) {
            throw new CheckpointException(
                    file.file(),
                    "expected tensors named as '%s', got none; is this the right format?"
                            .formatted(naming.block(before, 0)));
        }
        long hidden = Table.shape(file, naming.block(before, 0) + naming.firstOfMlp() + ".weight", 2)[0];
        Variant form = new Variant(
                file.has(naming.classToken(before)),
                true,
                file.has(naming.lastNorm(before) + ".weight"),
                format.activation(),
                format.epsilon());
        int heads = Heads.of(format.heads(), width, file.file());
        return file.interpret(
                "the tensors' shapes",
                () -> new VisionTransformer(
                                width, heads, blocks, 0, (double) hidden / width, Conditioning.NONE, Math.max(4, width))
                        .withVariant(form));
    }

    private TokenGrid trainedGrid(VisionTransformer net, int channels, int patch) throws IOException {
        int tokens = (int) Table.shape(file, naming.positions(before), 3)[1]
                - (net.form().classToken() ? 1 : 0);
        OptionalInt told = file.interpret("metadata", () -> WrittenForm.rows(file, patch));
        int rows = told.orElse((int) Math.round(Math.sqrt(tokens)));
        if (tokens < 1 || rows < 1 || tokens % rows != 0 || (rows * rows != tokens && told.isEmpty())) {
            throw new CheckpointException(
                    file.file(),
                    "'%s': expected positions of a square grid of tokens, got %d"
                            .formatted(naming.positions(before), tokens));
        }
        return new TokenGrid(new ImageShape(channels, rows * patch, tokens / rows * patch), patch);
    }

    private static Parameters.Layout layout(VisionTransformer net, TokenGrid grid) {
        Parameters.Layout layout = Parameters.layout();
        net.encoder(layout, Denoiser.Signature.of(grid, grid.patchSize(), grid.patchSize()));
        return layout;
    }

    /** The weights over another grid; closes those given. */
    private static Parameters resampled(VisionTransformer net, Parameters from, TokenGrid fromGrid, TokenGrid toGrid) {
        try (from) {
            Parameters to = layout(net, toGrid).zeros();
            for (String name : to.names()) {
                float[] numbers = from.view(from.values(), name).toArray();
                to.view(to.values(), name)
                        .put(
                                name.equals(POSITIONS)
                                        ? PositionResampling.resampled(
                                                numbers,
                                                net.form().classToken() ? 1 : 0,
                                                new PositionResampling.Sides(fromGrid.rows(), fromGrid.columns()),
                                                new PositionResampling.Sides(toGrid.rows(), toGrid.columns()))
                                        : numbers);
            }
            return to;
        }
    }

    private void requireChannels(int channels) throws CheckpointException {
        int given = format.normalization().means().size();
        if (channels != given) {
            throw new CheckpointException(
                    file.file(),
                    "normalization: expected one mean for each of %d channels, got %d; use withNormalization"
                            .formatted(channels, given));
        }
    }
}
