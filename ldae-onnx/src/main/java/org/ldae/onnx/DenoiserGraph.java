package org.ldae.onnx;

import java.util.Map;
import org.ldae.core.TokenGrid;
import org.ldae.models.LatentDAE;
import org.ldae.models.Recipe;
import org.ldae.models.Space;
import org.ldae.noise.NoiseLevel;
import org.ldae.transformer.VisionTransformer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** From noisy images of one level to clean ones, as {@link LatentDAE#denoise}. */
final class DenoiserGraph {

    private final LatentDAE model;
    private final Recipe recipe;
    private final VisionTransformer net;
    private final LinearLatents latents;
    private final double time;

    DenoiserGraph(LatentDAE model, double sigma) {
        this.model = model;
        this.recipe = model.recipe();
        this.net = recipe.denoiser()
                .as(VisionTransformer.class)
                .orElseThrow(() -> new IllegalArgumentException(
                        "ONNX: expected a vision transformer as denoiser, got " + recipe.denoiser()));
        if (!recipe.objective().tellsClean()) {
            throw new IllegalArgumentException(
                    "ONNX: expected an objective whose predictions tell the clean image, got " + recipe.objective());
        }
        this.latents = LinearLatents.of(model.tokenizer());
        this.time = recipe.schedule().timeOf(sigma);
    }

    /** {@code [N, C, H, W] -> [N, C, H, W]}. */
    String build(Graph graph, String images) {
        TokenGrid grid = model.grid();
        PatchGraph patches = new PatchGraph(graph, grid);
        String gamma = graph.constant(new float[] {(float) recipe.schedule().gamma(time)});
        String noised = graph.op("Mul", latents.encoder().of(graph, patches.cut(images)), gamma);
        String input = recipe.input() == Space.IMAGE ? latents.decoder().of(graph, noised) : noised;
        String prediction = predicted(graph, grid, input);
        return patches.paste(
                recipe.output() == Space.IMAGE
                        ? prediction
                        : latents.decoder().of(graph, clean(graph, prediction, noised)));
    }

    private String predicted(Graph graph, TokenGrid grid, String input) {
        Map<String, INDArray> weights = model.tensors();
        String condition = TransformerGraph.condition(graph, weights, time);
        TransformerGraph layers = new TransformerGraph(graph, net, grid, weights, condition);
        String x = layers.embed(input);
        for (int i = 0; i < net.blocks(); i++) {
            x = layers.block(x, i);
        }
        return layers.linear(layers.lastNorm(x), "head");
    }

    /** The clean latents of what is predicted. */
    private String clean(Graph graph, String prediction, String noised) {
        NoiseLevel.Quantity quantity = recipe.objective().quantity();
        if (quantity == NoiseLevel.Quantity.CLEAN) {
            return prediction;
        }
        NoiseLevel.Conversion toClean = recipe.schedule().level(time).convert(quantity, NoiseLevel.Quantity.CLEAN);
        String given = graph.op("Mul", prediction, graph.constant(new float[] {(float) toClean.onGiven()}));
        String kept = graph.op("Mul", noised, graph.constant(new float[] {(float) toClean.onNoised()}));
        return graph.op("Add", given, kept);
    }
}
