package org.ldae.onnx;

import org.jspecify.annotations.Nullable;
import org.ldae.models.LatentDAE;
import org.ldae.models.Recipe;
import org.ldae.models.Space;
import org.ldae.noise.NoiseLevel;
import org.ldae.transformer.VisionTransformer;

/** A model's network: between noisy images of one level and clean ones, as {@link LatentDAE#denoise}, or alone. */
final class DenoiserGraph {

    private final LatentDAE model;
    private final Recipe recipe;
    private final VisionTransformer net;
    private final LinearLatents latents;

    DenoiserGraph(LatentDAE model) {
        this.model = model;
        this.recipe = model.recipe();
        this.net = recipe.denoiser()
                .as(VisionTransformer.class)
                .orElseThrow(() -> new IllegalArgumentException(
                        "ONNX: expected a vision transformer as denoiser, got " + recipe.denoiser()));
        this.latents = LinearLatents.of(model.tokenizer());
    }

    /** {@code [N, C, H, W] -> [N, C, H, W]}. */
    String denoised(Graph graph, String images, double sigma) {
        if (!recipe.objective().tellsClean()) {
            throw new IllegalArgumentException(
                    "ONNX: expected an objective whose predictions tell the clean image, got " + recipe.objective());
        }
        double time = recipe.schedule().timeOf(sigma);
        PatchGraph patches = new PatchGraph(graph, model.grid());
        String gamma = graph.constant(new float[] {(float) recipe.schedule().gamma(time)});
        String noised = graph.op("Mul", latents.encoder().of(graph, patches.cut(images)), gamma);
        String prediction = predicted(graph, noised, TransformerGraph.condition(graph, model.tensors(), time));
        return patches.paste(
                recipe.output() == Space.IMAGE
                        ? prediction
                        : latents.decoder().of(graph, clean(graph, prediction, noised, time)));
    }

    /** {@code [N, L, D] -> [N, L, K]}: the prediction, with inputs for what the network is told. */
    String predicted(Graph graph, String noised) {
        return predicted(graph, noised, TransformerGraph.condition(graph, model.tensors()));
    }

    /** Numbers of a token that is predicted. */
    long width() {
        return recipe.output() == Space.IMAGE
                ? model.grid().patchSize()
                : model.tokenizer().dimension();
    }

    private String predicted(Graph graph, String noised, @Nullable String condition) {
        String input = recipe.input() == Space.IMAGE ? latents.decoder().of(graph, noised) : noised;
        TransformerGraph layers = new TransformerGraph(graph, net, model.grid(), model.tensors(), condition);
        String x = layers.embed(input);
        for (int i = 0; i < net.blocks(); i++) {
            x = layers.block(x, i);
        }
        return layers.linear(layers.lastNorm(x), "head");
    }

    /** The clean latents of what is predicted. */
    private String clean(Graph graph, String prediction, String noised, double time) {
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
