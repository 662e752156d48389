package org.ldae.models;

import com.google.gson.Gson;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.ldae.checkpoint.SafetensorsBuilder;
import org.ldae.core.ImageShape;
import org.ldae.core.Rng;
import org.ldae.core.TokenGrid;
import org.ldae.data.ImageSource;
import org.ldae.inference.Encoder;
import org.ldae.inference.Features;
import org.ldae.inference.Inference;
import org.ldae.inference.Reading;
import org.ldae.inference.TokenMap;
import org.ldae.nn.Denoiser;
import org.ldae.nn.Parameters;
import org.ldae.training.ParameterTensors;
import org.ldae.transformer.EncoderPass;
import org.ldae.transformer.VisionTransformer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A plain ViT that reads patches of pixels: what every way to train an encoder ends with, here or elsewhere, so that encoders
 * can be compared, saved and fine-tuned alike.
 *
 * <p>Its weights don't change. Close it to free its memory.
 */
public final class PlainEncoder implements Encoder {

    private static final String PREFIX = "encoder.";

    private final Sizes sizes;
    private final Provenance provenance;
    private final Parameters parameters;

    /**
     * An encoder's architecture.
     *
     * @param network its width, heads and encoder blocks; decoder and conditioning are not looked at
     * @param grid how images are cut
     */
    public record Sizes(VisionTransformer network, TokenGrid grid) {

        /**
         * Weights of an encoder alone.
         *
         * @param rng key of the start values
         * @return {@code embed} and {@code blocks.NN}; the caller closes them
         */
        public Parameters parameters(Rng rng) {
            return layout().initialise(rng);
        }

        Parameters.Layout layout() {
            Parameters.Layout layout = Parameters.layout();
            network.encoder(layout, Denoiser.Signature.of(grid, grid.patchSize(), grid.patchSize()));
            return layout;
        }
    }

    /**
     * An encoder over weights.
     *
     * @param sizes its architecture
     * @param provenance where the weights come from
     * @param parameters at least those of {@link Sizes#parameters}; closed with the encoder
     */
    public PlainEncoder(Sizes sizes, Provenance provenance, Parameters parameters) {
        this.sizes = sizes;
        this.provenance = provenance;
        this.parameters = parameters;
    }

    /**
     * An encoder with random weights: the control that shows what training adds.
     *
     * @param sizes its architecture
     * @param images stand in the provenance
     * @param rng key of the weights
     * @return the untrained encoder
     */
    public static PlainEncoder untrained(Sizes sizes, ImageSource images, Rng rng) {
        return new PlainEncoder(sizes, Provenance.of(rng.seed(), images), sizes.parameters(rng.stream("weights")));
    }

    /**
     * Loads an encoder.
     *
     * @param path a safetensors file that {@link #save} wrote
     * @return the encoder
     * @throws IOException if the file can't be read or is damaged
     */
    public static PlainEncoder load(Path path) throws IOException {
        try (ModelFile file = ModelFile.read(path)) {
            VisionTransformer network = file.field(
                    "network", text -> RecipeJson.read(JsonParser.parseString(text), VisionTransformer.class));
            ImageShape image = file.image();
            TokenGrid grid = file.field("patch", text -> new TokenGrid(image, Integer.parseInt(text)));
            Sizes sizes = file.field("network", text -> new Sizes(network, grid));
            Provenance provenance = file.provenance();
            return new PlainEncoder(sizes, provenance, file.parameters(PREFIX, sizes::layout));
        }
    }

    /**
     * Writes architecture, weights and provenance.
     *
     * @param path a safetensors file, replaced only when the new one is complete
     * @throws IOException if it can't be written
     */
    public void save(Path path) throws IOException {
        try (Parameters copy = sizes.layout().zeros()) {
            copyInto(copy);
            SafetensorsBuilder builder = ModelFile.builder(sizes.grid.image(), provenance)
                    .metadata("network", new Gson().toJson(sizes.network))
                    .metadata("patch", Integer.toString(sizes.grid.patch()));
            ParameterTensors.put(builder, PREFIX, copy, copy.values());
            builder.write(path);
        }
    }

    /**
     * Tells encoders apart that come from the same seed and images.
     *
     * @return CRC-32C of the weights
     */
    public long checksum() {
        CRC32C sum = new CRC32C();
        for (Parameters.Slot slot : sizes.layout().slots()) {
            float[] values = weights(slot);
            ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES);
            bytes.asFloatBuffer().put(values);
            sum.update(bytes);
        }
        return sum.getValue();
    }

    private float[] weights(Parameters.Slot slot) {
        return parameters.use(
                () -> parameters.view(parameters.values(), slot.name()).toArray());
    }

    /**
     * Copies the encoder's weights.
     *
     * @param others receive them under the same names; what else they hold stays
     */
    public void copyInto(Parameters others) {
        for (Parameters.Slot slot : sizes.layout().slots()) {
            others.view(others.values(), slot.name()).put(weights(slot));
        }
    }

    /**
     * The encoder's weights.
     *
     * @return new arrays by the names that {@link #save} gives them, matrices of {@code [out, in]}
     */
    public Map<String, INDArray> tensors() {
        try (Parameters copy = sizes.layout().zeros()) {
            copyInto(copy);
            return ParameterTensors.arrays(copy);
        }
    }

    /**
     * Its architecture.
     *
     * @return network and grid
     */
    public Sizes sizes() {
        return sizes;
    }

    /**
     * Where it comes from.
     *
     * @return seed, data hash and versions
     */
    public Provenance provenance() {
        return provenance;
    }

    @Override
    public TokenGrid grid() {
        return sizes.grid;
    }

    @Override
    public int blocks() {
        return sizes.network.encoderBlocks();
    }

    @Override
    public Reading reading(Features features) {
        int[] read = features.blocksOf(blocks(), blocks());
        features.requireClean("a plain encoder");
        Denoiser.Signature signature = Denoiser.Signature.of(grid(), grid().patchSize(), grid().patchSize());
        Reading.Passes passes = (work, n) -> {
            EncoderPass pass = new EncoderPass(sizes.network, work, signature, n);
            return (patches, tokens, first) -> {
                pass.input().put(patches);
                pass.features(read[read.length - 1]);
                for (int i = 0; i < read.length; i++) {
                    pass.tokens(read[i]).get(tokens[i]);
                }
            };
        };
        Inference inference = Inference.of(parameters, Inference.imagesAtOnce(grid()));
        List<TokenMap> maps = Collections.nCopies(
                read.length,
                TokenMap.of(grid(), sizes.network.width())
                        .withClassToken(sizes.network.form().classToken()));
        return new Reading(inference, grid(), maps, features, passes);
    }

    @Override
    public String toString() {
        return "PlainEncoder[%s, %d blocks of width %d, %,d parameters]"
                .formatted(grid(), blocks(), sizes.network.width(), parameters.count());
    }

    @Override
    public void close() {
        parameters.close();
    }
}
