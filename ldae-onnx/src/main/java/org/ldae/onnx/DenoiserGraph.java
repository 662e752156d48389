package org.ldae.onnx;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ldae.models.LatentDAE;
import org.ldae.models.Recipe;
import org.ldae.noise.NoiseLevel;
import org.ldae.objective.Space;

/** A model's network: between noisy images of one level and clean ones, as {@link LatentDAE#denoise}, or alone. */
final class DenoiserGraph {

    private final Graph graph;
    private final LatentDAE model;
    private final Recipe recipe;
    private final Layers layers;
    private final LinearLatents latents;

    DenoiserGraph(Graph graph, LatentDAE model) {
        this.graph = graph;
        this.model = model;
        this.recipe = model.recipe();
        this.layers = new Layers(graph, model.tensors());
        this.latents = LinearLatents.of(model.tokenizer());
    }

    /** {@code [N, C, H, W] -> [N, C, H, W]}. */
    String denoised(String images, double sigma) {
        if (!recipe.objective().tellsClean()) {
            throw new IllegalArgumentException(
                    "ONNX: expected an objective whose predictions tell the clean image, got " + recipe.objective());
        }
        double time = recipe.schedule().timeOf(sigma);
        String noised = scaled(images, time);
        String prediction = network(new ConditionGraph(layers).at(time)).predicted(entered(noised));
        return new PatchGraph(graph, model.grid())
                .paste(
                        recipe.output() == Space.IMAGE
                                ? prediction
                                : latents.decoder().of(graph, clean(prediction, noised, time)));
    }

    /** {@code [N, L, D] -> [N, L, K]}: the prediction, with inputs for what the network is told. */
    String predicted(String noised) {
        return network(new ConditionGraph(layers).ofInputs()).predicted(entered(noised));
    }

    /** {@code [N, C, H, W] -> [N, L, M]} after each of some blocks, of clean images at a time. */
    List<String> tokens(String images, int[] blocks, double time) {
        return network(new ConditionGraph(layers).at(time)).tokens(entered(scaled(images, time)), blocks);
    }

    /** Numbers of a token that is predicted. */
    long width() {
        return recipe.output() == Space.IMAGE
                ? model.grid().patchSize()
                : model.tokenizer().dimension();
    }

    private NetworkGraph network(@Nullable String condition) {
        return NetworkGraph.of(recipe.denoiser(), model.grid(), layers, condition);
    }

    /** The latents of images, with the signal's factor of a time. */
    private String scaled(String images, double time) {
        String gamma = graph.constant(new float[] {(float) recipe.schedule().gamma(time)});
        String cut = new PatchGraph(graph, model.grid()).cut(images);
        return graph.op("Mul", latents.encoder().of(graph, cut), gamma);
    }

    /** Noised latents in the space that the network reads. */
    private String entered(String noised) {
        return recipe.input() == Space.IMAGE ? latents.decoder().of(graph, noised) : noised;
    }

    /** The clean latents of what is predicted. */
    private String clean(String prediction, String noised, double time) {
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
