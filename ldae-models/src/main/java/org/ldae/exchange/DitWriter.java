package org.ldae.exchange;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.ldae.checkpoint.Safetensors;
import org.ldae.checkpoint.SafetensorsBuilder;
import org.ldae.core.TokenGrid;
import org.ldae.inference.Patches;
import org.ldae.models.LatentDAE;
import org.ldae.models.Recipe;
import org.ldae.nn.Denoiser;
import org.ldae.nn.Parameters;
import org.ldae.nn.Positions;
import org.ldae.noise.NoiseLevel;
import org.ldae.noise.NoiseSchedule;
import org.ldae.objective.Space;
import org.ldae.tokenizers.Tokenizer;
import org.ldae.transformer.Variant;
import org.ldae.transformer.VisionTransformer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Writes a model that is a DiT. */
final class DitWriter {

    private final LatentDAE model;
    private final VisionTransformer net;

    DitWriter(LatentDAE model) {
        this.model = model;
        this.net = model.recipe()
                .denoiser()
                .as(VisionTransformer.class)
                .orElseThrow(() -> new IllegalArgumentException("DiT: expected a vision transformer, got "
                        + model.recipe().denoiser()));
        List<String> problems = problems();
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException("DiT: expected " + String.join("\n  and ", problems));
        }
    }

    private List<String> problems() {
        Recipe recipe = model.recipe();
        List<String> problems = new ArrayList<>();
        if (!net.takesTime() || !recipe.labels().told() || net.conditionWidth() != net.width()) {
            problems.add("time and label told by adaLN-Zero as wide as the tokens, got %s, %s"
                    .formatted(net, recipe.labels()));
        }
        if (!net.form().equals(Variant.none())) {
            problems.add("layers of DiT's form, got " + net.form());
        }
        if (!recipe.schedule().equals(NoiseSchedule.ddpm())) {
            problems.add("the schedule of DDPM, got " + recipe.schedule());
        }
        boolean noise = recipe.objective().quantity() == NoiseLevel.Quantity.NOISE;
        if (recipe.input() != Space.LATENT || recipe.output() != Space.LATENT || !noise) {
            problems.add("noise predicted from latents, got %s from %s and %s"
                    .formatted(recipe.objective(), recipe.input(), recipe.output()));
        }
        if (!keepsPatches(model.tokenizer())) {
            problems.add("tokens that are patches as they are, got " + model.tokenizer());
        }
        return problems;
    }

    /** Whether tokens are the numbers of the patches. */
    private static boolean keepsPatches(Tokenizer tokenizer) {
        TokenGrid grid = tokenizer.grid();
        if (tokenizer.dimension() != grid.patchSize() || !tokenizer.options().linear()) {
            return false;
        }
        INDArray patches = Nd4j.linspace(-1, 1, (long) grid.tokens() * grid.patchSize())
                .reshape(1, grid.tokens(), grid.patchSize());
        INDArray tokens = tokenizer.encode(Patches.of(grid).unpatchify(patches.castTo(DataType.FLOAT)));
        return tokens.equalsWithEps(patches.castTo(tokens.dataType()), 1e-5);
    }

    void write(Path path) throws IOException {
        TokenGrid grid = model.grid();
        int size = grid.patchSize();
        Parameters.Layout layout = net.layout(Denoiser.Signature.of(grid, size, size)
                .withTime(true)
                .withClasses(model.classNames().size()));
        try (Parameters parameters = layout.zeros()) {
            for (Map.Entry<String, INDArray> each : model.tensors().entrySet()) {
                parameters
                        .view(parameters.values(), each.getKey())
                        .put(each.getValue().data().asFloat());
            }
            SafetensorsBuilder builder = WrittenForm.put(Safetensors.builder(), net, grid.image());
            int channels = grid.image().channels();
            DitNames.table(net.blocks(), new DitNames.Ends(channels, grid.patch(), net.width(), false))
                    .write(parameters, builder);
            float[] positions = Positions.grid(grid.rows(), grid.columns(), net.width());
            builder.tensor(
                    DitNames.POSITIONS, Nd4j.createFromArray(positions).reshape('c', 1, grid.tokens(), net.width()));
            builder.write(path);
        }
    }
}
