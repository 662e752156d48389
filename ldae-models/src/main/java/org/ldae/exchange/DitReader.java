package org.ldae.exchange;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.ldae.checkpoint.CheckpointException;
import org.ldae.checkpoint.Safetensors;
import org.ldae.core.ImageShape;
import org.ldae.core.TokenGrid;
import org.ldae.models.ClassLabels;
import org.ldae.models.LatentDAE;
import org.ldae.models.Provenance;
import org.ldae.models.Recipe;
import org.ldae.nn.Denoiser;
import org.ldae.nn.Parameters;
import org.ldae.nn.Positions;
import org.ldae.noise.NoiseSchedule;
import org.ldae.tokenizers.Tokenizer;
import org.ldae.tokenizers.TokenizerOptions;
import org.ldae.tokenizers.linear.PatchPCA;
import org.ldae.transformer.VisionTransformer;
import org.ldae.transformer.VisionTransformer.Conditioning;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Reads a DiT from one file. */
final class DitReader {

    /** How often training of the published ones left the class out. */
    private static final double DROPOUT = 0.1;

    private static final double POSITION_TOLERANCE = 1e-4;

    private final Safetensors file;
    private final DitFormat format;

    DitReader(Safetensors file, DitFormat format) throws IOException {
        this.file = file;
        this.format = file.interpret(
                "metadata",
                () -> file.metadata().containsKey(WrittenForm.HEADS)
                        ? format.withHeads(Integer.parseInt(file.metadata(WrittenForm.HEADS)))
                        : format);
    }

    LatentDAE model() throws IOException {
        long[] projection = Table.shape(file, DitNames.PATCHES, 4); // [M, C, P, P]
        int width = (int) projection[0];
        int channels = (int) projection[1];
        int patch = (int) projection[2];
        int classes = (int) Table.shape(file, DitNames.CLASSES, 2)[0] - 1;
        if (classes < 1) {
            throw new CheckpointException(
                    file.file(),
                    "'%s': expected a row for each class and one for none, got %d rows"
                            .formatted(DitNames.CLASSES, classes + 1));
        }
        int blocks = Naming.TIMM.count("", file.names());
        VisionTransformer net = network(width, blocks);
        TokenGrid grid = grid(channels, patch, width);
        boolean sigma = Table.shape(file, DitNames.LAST + ".bias", 1)[0] == 2L * grid.patchSize();
        Recipe recipe = recipe(patch, grid.patchSize()).withDenoiser(net);
        Parameters.Layout layout = net.layout(Denoiser.Signature.of(grid, grid.patchSize(), grid.patchSize())
                .withTime(true)
                .withClasses(classes));
        Parameters parameters = DitNames.table(blocks, new DitNames.Ends(channels, patch, width, sigma))
                .read(file, layout);
        try {
            return model(recipe, grid, parameters, classes);
        } catch (RuntimeException | Error e) {
            parameters.close();
            throw e;
        }
    }

    private LatentDAE model(Recipe recipe, TokenGrid grid, Parameters parameters, int classes) {
        List<String> names =
                IntStream.range(0, classes).mapToObj(String::valueOf).toList();
        LatentDAE.Weights weights = new LatentDAE.Weights(parameters, names, Provenance.imported(file.file()));
        return LatentDAE.of(recipe, patches(recipe.tokenizer(), grid), weights);
    }

    private VisionTransformer network(int width, int blocks) throws IOException {
        long hidden = Table.shape(file, DitNames.HIDDEN, 2)[0];
        int heads = Heads.of(format.heads(), width, file.file());
        int encoder = Math.max(1, blocks / 2);
        return file.interpret(
                "the tensors' shapes",
                () -> new VisionTransformer(
                        width,
                        heads,
                        encoder,
                        blocks - encoder,
                        (double) hidden / width,
                        Conditioning.ADALN_ZERO,
                        width));
    }

    private static Recipe recipe(int patch, int size) {
        return Recipe.diffusion(PatchPCA.patch(patch).components(size))
                .withSchedule(NoiseSchedule.ddpm())
                .withLabels(ClassLabels.withDropout(DROPOUT));
    }

    /** The grid that the stored positions are of; they are a formula's, which is checked. */
    private TokenGrid grid(int channels, int patch, int width) throws IOException {
        float[] stored = Table.numbers(file, DitNames.POSITIONS);
        int side = (int) Math.round(Math.sqrt((double) stored.length / width));
        float[] expected = side * side * width == stored.length ? Positions.grid(side, side, width) : new float[0];
        boolean equal = expected.length == stored.length
                && IntStream.range(0, stored.length)
                        .allMatch(i -> Math.abs(stored[i] - expected[i]) <= POSITION_TOLERANCE);
        if (!equal) {
            throw new CheckpointException(
                    file.file(),
                    "'%s': expected DiT's sines and cosines of a square grid, got other numbers of %s"
                            .formatted(DitNames.POSITIONS, Arrays.toString(file.shape(DitNames.POSITIONS))));
        }
        return new TokenGrid(new ImageShape(channels, side * patch, side * patch), patch);
    }

    /** Tokens that are patches as they are: components of which each is one number. */
    private static Tokenizer patches(TokenizerOptions options, TokenGrid grid) {
        int size = grid.patchSize();
        Map<String, INDArray> tensors = Map.of(
                "mean", Nd4j.zeros(DataType.DOUBLE, size),
                "basis", Nd4j.eye(size).castTo(DataType.DOUBLE),
                "eigenvalues", Nd4j.ones(DataType.DOUBLE, size),
                "scale", Nd4j.ones(DataType.DOUBLE, size));
        return options.restore(grid.image(), tensors);
    }
}
