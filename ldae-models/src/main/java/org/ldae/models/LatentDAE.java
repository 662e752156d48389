package org.ldae.models;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.ldae.checkpoint.SafetensorsBuilder;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.core.Shapes;
import org.ldae.core.TokenGrid;
import org.ldae.data.ImageSource;
import org.ldae.inference.Encoder;
import org.ldae.inference.Features;
import org.ldae.inference.Inference;
import org.ldae.inference.Reading;
import org.ldae.inference.TokenMap;
import org.ldae.nn.Denoiser;
import org.ldae.nn.Parameters;
import org.ldae.tokenizers.Tokenizer;
import org.ldae.training.ParameterTensors;
import org.ldae.transformer.PlainFolding;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A latent denoising autoencoder: represents images by its encoder's tokens, and removes noise.
 *
 * <p>Its weights don't change; it may be shared between threads. Close it to free its memory.
 */
public final class LatentDAE implements Encoder {

    /** About those of the paper's appendix, and beyond. */
    private static final List<Double> NOISE_TIMES = List.of(0.01, 0.04, 0.1, 0.2, 0.4, 0.8);

    private final FittedRecipe fitted;
    private final Recipe recipe;
    private final Tokenizer tokenizer;
    private final Parameters parameters;
    private final Provenance provenance;
    private final Denoising denoising;

    LatentDAE(FittedRecipe fitted, Parameters parameters, Provenance provenance) {
        this.fitted = fitted;
        this.recipe = fitted.recipe();
        this.tokenizer = fitted.tokenizer();
        this.parameters = parameters;
        this.provenance = provenance;
        this.denoising = new Denoising(fitted, parameters);
    }

    /**
     * A model with random weights: the control that shows what training adds.
     *
     * @param recipe its recipe
     * @param images the tokenizer is fitted on them
     * @param rng key of the run
     * @return the untrained model
     */
    public static LatentDAE untrained(Recipe recipe, ImageSource images, Rng rng) {
        Tokenizer tokenizer = recipe.tokenizer().fit(images, rng.stream("tokenizer"), Progress.none());
        return untrained(recipe, tokenizer, images, rng);
    }

    /**
     * A model with random weights and a tokenizer that is fitted already.
     *
     * @param recipe its recipe
     * @param tokenizer fitted with the recipe's options on images of the same shape
     * @param images stand in the provenance
     * @param rng key of the run
     * @return the untrained model
     * @throws IllegalArgumentException if tokenizer or labels don't fit the recipe
     */
    public static LatentDAE untrained(Recipe recipe, Tokenizer tokenizer, ImageSource images, Rng rng) {
        FittedRecipe fitted = FittedRecipe.of(recipe, tokenizer, images);
        return new LatentDAE(fitted, fitted.start(images, rng.stream("weights")), Provenance.of(rng.seed(), images));
    }

    /**
     * A model of given weights, such as those of a network that was trained elsewhere.
     *
     * @param recipe its recipe
     * @param tokenizer of the recipe's options
     * @param weights of the recipe's network
     * @return the model
     * @throws IllegalArgumentException if tokenizer, classes or weights don't fit the recipe
     */
    public static LatentDAE of(Recipe recipe, Tokenizer tokenizer, Weights weights) {
        FittedRecipe fitted = new FittedRecipe(recipe.requireSound(), tokenizer, List.copyOf(weights.classNames));
        List<Parameters.Slot> expected = fitted.layout().slots();
        if (!expected.equals(weights.parameters.slots())
                || !tokenizer.options().equals(recipe.tokenizer())
                || recipe.labels().told() == weights.classNames.isEmpty()) {
            throw new IllegalArgumentException(
                    "model: expected tokenizer, classes and weights of the recipe, got %s, %d classes and weights %s"
                            .formatted(tokenizer.options(), weights.classNames.size(), weights.parameters.names()));
        }
        return new LatentDAE(fitted, weights.parameters, weights.provenance);
    }

    /**
     * What a model learnt.
     *
     * @param parameters of the recipe's network; closed with the model
     * @param classNames classes that the network is told, empty if it is told none
     * @param provenance where the weights come from
     */
    public record Weights(Parameters parameters, List<String> classNames, Provenance provenance) {}

    /**
     * Loads a model, or the model in a training checkpoint.
     *
     * @param path a safetensors file that {@link #save} or {@link Trainer#save} wrote
     * @return the model
     * @throws IOException if the file can't be read or is damaged
     */
    public static LatentDAE load(Path path) throws IOException {
        try (ModelFile file = ModelFile.read(path)) {
            FittedRecipe fitted = file.fitted();
            Provenance provenance = file.provenance();
            return new LatentDAE(fitted, file.parameters(fitted), provenance);
        }
    }

    /**
     * Writes tokenizer, weights, recipe and provenance.
     *
     * @param path a safetensors file, replaced only when the new one is complete
     * @throws IOException if it can't be written
     */
    public void save(Path path) throws IOException {
        SafetensorsBuilder builder = ModelFile.builder(fitted, provenance);
        parameters.use(() -> {
            ParameterTensors.put(builder, ModelFile.DENOISER, parameters, parameters.values());
            return builder;
        });
        builder.write(path);
    }

    /**
     * How it was made.
     *
     * @return its recipe
     */
    public Recipe recipe() {
        return recipe;
    }

    /**
     * Its tokenizer.
     *
     * @return fitted on the training images
     */
    public Tokenizer tokenizer() {
        return tokenizer;
    }

    /**
     * Where it comes from.
     *
     * @return seed, data hash and versions
     */
    public Provenance provenance() {
        return provenance;
    }

    /**
     * Classes that the network is told, in the order of their labels.
     *
     * @return their names, empty if it is told none
     */
    public List<String> classNames() {
        return fitted.classNames();
    }

    /**
     * The network's weights.
     *
     * @return new arrays by the names that {@link #save} gives them, matrices of {@code [out, in]}
     */
    public Map<String, INDArray> tensors() {
        return parameters.use(() -> ParameterTensors.arrays(parameters));
    }

    /**
     * Number of parameters of the network.
     *
     * @return their count
     */
    public int parameterCount() {
        return parameters.count();
    }

    /**
     * Represents images as the paper probes them: the average token after the encoder.
     *
     * @param images of the shape it was trained on
     * @return {@code [N, M]}
     */
    public INDArray represent(ImageSource images) {
        return represent(images, Features.pooled());
    }

    @Override
    public TokenGrid grid() {
        return tokenizer.grid();
    }

    @Override
    public int blocks() {
        return recipe.denoiser().blocks();
    }

    @Override
    public List<Double> noiseTimes() {
        return recipe.schedule().timeDependent() ? NOISE_TIMES : NOISE_TIMES.subList(0, 1);
    }

    @Override
    public Reading reading(Features features) {
        int[] read = features.blocksOf(blocks(), recipe.denoiser().encoderBlocks());
        Reading.Passes passes = (work, n) -> {
            DenoisingPass pass = new DenoisingPass(fitted, work, n);
            return (patches, tokens, first) -> {
                if (features.noise().isPresent()) {
                    Rng noise = Rng.of(features.noise().getAsLong()).stream("noise");
                    pass.corrupt(patches, normals(noise, n, first), at(pass, features.time()));
                } else {
                    pass.given(patches, features.time());
                }
                pass.features(read, tokens);
            };
        };
        List<TokenMap> maps = Arrays.stream(read)
                .mapToObj(block -> TokenMap.of(grid(), recipe.denoiser().width(block)))
                .toList();
        return new Reading(inference(), grid(), maps, features, passes);
    }

    /** Noise of a chunk's images, each by its index. */
    private float[] normals(Rng noise, int images, int first) {
        int size = tokenizer.grid().tokens() * tokenizer.dimension();
        float[] normals = new float[images * size];
        for (int i = 0; i < images; i++) {
            noise.at(first + i).normals(normals, i * size, (i + 1) * size);
        }
        return normals;
    }

    private static Denoiser.Conditions at(DenoisingPass pass, double time) {
        Denoiser.Conditions conditions = Denoiser.Conditions.of(pass.images());
        Arrays.fill(conditions.times(), (float) time);
        return conditions;
    }

    /**
     * The encoder as a plain ViT of patches, to be saved or fine-tuned: with the time fixed, adaLN-Zero's modulation goes into
     * norms and weights (paper, section 3), and what the tokenizer does to a clean patch into the embedding. Its features are
     * those of this model at that time, up to rounding.
     *
     * @param time t the network is told, in [0, 1]
     * @return the encoder, independent of this model; close it to free its memory
     * @throws IllegalArgumentException if the tokenizer is not linear
     */
    public PlainEncoder plainEncoder(double time) {
        if (!recipe.tokenizer().linear()) {
            throw new IllegalArgumentException(
                    "plain encoder: expected a patch-wise linear tokenizer (PatchPCA, PatchAE, PatchVAE), got %s"
                            .formatted(recipe.tokenizer().name()));
        }
        PlainFolding folding = recipe.denoiser()
                .as(PlainFolding.class)
                .orElseThrow(() -> new IllegalArgumentException(
                        "plain encoder: expected a denoiser whose encoder is a vision transformer, got %s; represent works with any"
                                .formatted(recipe.denoiser())));
        // Features checks the time.
        double t = Features.pooled().at(time).time();
        PlainEncoder.Sizes sizes = new PlainEncoder.Sizes(folding.plain(), grid());
        Parameters patches = sizes.layout().zeros();
        try (Parameters tokens = parameters.use(() -> folding.plainEncoder(parameters, fitted.signature(), t))) {
            new EmbedFolding(tokenizer, recipe).copy(tokens, patches, t);
        } catch (RuntimeException | Error e) {
            patches.close();
            throw e;
        }
        return new PlainEncoder(sizes, provenance, patches);
    }

    /**
     * Represents images held in an array.
     *
     * @param images {@code [N, C, H, W]} float32 in [-1, 1]
     * @return {@code [N, M]}
     */
    public INDArray represent(INDArray images) {
        return represent(source(images));
    }

    /**
     * Adds latent noise: {@code decode(z + sigma eps)} (paper, Fig. 7 and 8).
     *
     * @param images {@code [N, C, H, W]} float32 in [-1, 1]
     * @param sigma standard deviation of the noise, in units of the latents' scale, finite and at least 0
     * @param rng key of the noise
     * @return noisy images {@code [N, C, H, W]}, to be seen or given to {@link #denoise}
     * @throws IllegalArgumentException if shape or level don't fit
     */
    public INDArray addNoise(INDArray images, double sigma, Rng rng) {
        return denoising.addNoise(images, sigma, rng);
    }

    /**
     * Removes latent noise of a known level.
     *
     * @param noisy {@code [N, C, H, W]} float32, as {@link #addNoise} returns them
     * @param sigma the noise's standard deviation over the signal's factor, finite and at most the schedule's largest
     * @return the network's estimate of the clean images, {@code [N, C, H, W]}
     * @throws IllegalArgumentException if the schedule has no such level
     */
    public INDArray denoise(INDArray noisy, double sigma) {
        return denoising.denoise(source(noisy), sigma);
    }

    /**
     * The clean latents that the network sees in noised ones, whatever it reads and predicts: an estimate of
     * {@code E[z_0 | z_t]}, from which noise, velocity and score follow ({@link org.ldae.noise.NoiseLevel}).
     *
     * @param noised {@code [N, L, D]} float32, {@code z_t = gamma(t) z_0 + sigma(t) eps} in the tokenizer's scale
     * @param t time in [0, 1]; one at which a predicted noise says something of the latents (gamma(t) above 0)
     * @param labels class of each image, or {@link Denoiser.Conditions#NO_LABEL}; nothing at all for no labels
     * @return {@code [N, L, D]}; a predicted image is encoded
     * @throws IllegalArgumentException if shape, time or labels don't fit
     */
    public INDArray estimate(INDArray noised, double t, int... labels) {
        double[] times = new double[Math.toIntExact(noised.size(0))];
        Arrays.fill(times, t);
        return estimate(noised, times, labels);
    }

    /**
     * As {@link #estimate(INDArray, double, int...)}, each image at a time of its own.
     *
     * @param noised {@code [N, L, D]} float32, {@code z_t = gamma(t) z_0 + sigma(t) eps} in the tokenizer's scale
     * @param times t of each image, in [0, 1]
     * @param labels class of each image, or {@link Denoiser.Conditions#NO_LABEL}; nothing at all for no labels
     * @return {@code [N, L, D]}; a predicted image is encoded
     * @throws IllegalArgumentException if shape, times or labels don't fit
     */
    public INDArray estimate(INDArray noised, double[] times, int... labels) {
        return denoising.estimate(noised, times, labels);
    }

    private ImageSource source(INDArray images) {
        Shapes.require(
                "images",
                images,
                "N C H W",
                Shapes.ANY,
                tokenizer.grid().image().channels(),
                tokenizer.grid().image().height(),
                tokenizer.grid().image().width());
        return ImageSource.of(images, new int[0], List.of());
    }

    private Inference inference() {
        return Inference.of(parameters, Inference.imagesAtOnce(grid()));
    }

    @Override
    public String toString() {
        return "LatentDAE[%d blocks, %,d parameters, %s]".formatted(blocks(), parameterCount(), tokenizer);
    }

    @Override
    public void close() {
        parameters.close();
    }
}
