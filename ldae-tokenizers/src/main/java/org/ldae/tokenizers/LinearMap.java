package org.ldae.tokenizers;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.ldae.core.NdArrays;
import org.ldae.nn.Workspace;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What a linear tokenizer comes down to, in double: {@code z = scale * E (x - mean)} and {@code x = mean + F^T (z / scale)} for
 * the numbers x of a patch, row p, column q, channel c.
 *
 * <p>Never changed after it is made; accessors inside this package hand out matrices themselves.
 */
public final class LinearMap {

    /** Sums of such numbers lose 1e-4 of a latent's deviation in float32; ordinary images stay below 100. */
    private static final double CANCELLING = 1000;

    private final double[] mean;
    private final double[] encoder;
    private final double[] decoder;
    private final double[] scale;

    /**
     * A map.
     *
     * @param mean of the patches, {@code [D]}; copied
     * @param encoder E, {@code [d, D]} row-major; rows after the first d are left out; copied
     * @param decoder F, likewise
     * @param scale factor on each latent, {@code [d]}; copied
     * @throws IllegalArgumentException if there are fewer numbers in a matrix
     */
    public LinearMap(double[] mean, double[] encoder, double[] decoder, double[] scale) {
        int numbers = Math.multiplyExact(mean.length, scale.length);
        if (numbers == 0 || encoder.length < numbers || decoder.length < numbers) {
            throw new IllegalArgumentException(
                    "linear map: expected matrices of [d, D] = [%d, %d], got %d and %d numbers"
                            .formatted(scale.length, mean.length, encoder.length, decoder.length));
        }
        this.mean = mean.clone();
        this.encoder = Arrays.copyOf(encoder, numbers);
        this.decoder = Arrays.copyOf(decoder, numbers);
        this.scale = scale.clone();
    }

    /**
     * A map by rows, which decodes by the same rows, takes off no mean and leaves the scale: for orthonormal rows a
     * projection.
     *
     * @param encoder E, {@code [d, P*P*C]}, at least one row, all of one length; copied
     * @return the map
     * @throws IllegalArgumentException if rows differ in length
     */
    public static LinearMap of(double[][] encoder) {
        double[] rows = flat(encoder, encoder.length == 0 ? 0 : encoder[0].length);
        double[] scale = new double[encoder.length];
        Arrays.fill(scale, 1);
        return new LinearMap(new double[rows.length / encoder.length], rows, rows, scale);
    }

    private static double[] flat(double[][] rows, int size) {
        if (rows.length == 0 || size == 0 || Arrays.stream(rows).anyMatch(row -> row.length != size)) {
            throw new IllegalArgumentException("linear map: expected rows of one length, got %s"
                    .formatted(Arrays.stream(rows).map(row -> row.length).toList()));
        }
        return Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
    }

    /**
     * Another way back.
     *
     * @param rows F, {@code [d, P*P*C]}; copied
     * @return a copy
     * @throws IllegalArgumentException if the shape differs from the encoder's
     */
    public LinearMap withDecoder(double[][] rows) {
        requireLength("decoder rows", rows.length, dimension());
        return new LinearMap(mean, encoder, flat(rows, size()), scale);
    }

    /**
     * A mean that is taken off before encoding.
     *
     * @param patch {@code [P*P*C]}; copied
     * @return a copy
     * @throws IllegalArgumentException if the length differs from the rows'
     */
    public LinearMap withMean(double[] patch) {
        requireLength("mean", patch.length, size());
        return new LinearMap(patch, encoder, decoder, scale);
    }

    /**
     * A scale of the latents, which the tokenizer owns: their variance should be about 1 (see {@link LatentScale}).
     *
     * @param factors {@code [d]}, positive; copied
     * @return a copy
     * @throws IllegalArgumentException if the number of factors differs from d, or one isn't positive
     */
    public LinearMap withScale(double... factors) {
        requireLength("scale", factors.length, dimension());
        if (!Arrays.stream(factors).allMatch(factor -> factor > 0 && factor < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "scale: expected positive finite factors, got " + Arrays.toString(factors));
        }
        return new LinearMap(mean, encoder, decoder, factors);
    }

    private static void requireLength(String name, int length, int expected) {
        if (length != expected) {
            throw new IllegalArgumentException(
                    "linear map: expected %d numbers of %s, got %d".formatted(expected, name, length));
        }
    }

    /**
     * The map whose {@link LinearTokenizer#tensors} these are.
     *
     * @param tensors mean, encoder, decoder and scale in float64
     * @param dimension d
     * @param size P*P*C
     * @return the map
     * @throws IllegalArgumentException if a tensor is missing, misshapen or not finite
     */
    public static LinearMap restore(Map<String, INDArray> tensors, int dimension, int size) {
        return new LinearMap(
                SavedTensors.read(tensors, "mean", size),
                SavedTensors.read(tensors, "encoder", dimension, size),
                SavedTensors.read(tensors, "decoder", dimension, size),
                SavedTensors.readPositive(tensors, "scale", dimension));
    }

    /** New float64 arrays by name. */
    Map<String, INDArray> tensors() {
        Map<String, INDArray> tensors = new LinkedHashMap<>();
        tensors.put("mean", NdArrays.of(mean, size()));
        tensors.put("encoder", NdArrays.of(encoder, dimension(), size()));
        tensors.put("decoder", NdArrays.of(decoder, dimension(), size()));
        tensors.put("scale", NdArrays.of(scale, dimension()));
        return tensors;
    }

    /** Numbers in a patch, D. */
    int size() {
        return mean.length;
    }

    /** Numbers in a latent token, d. */
    int dimension() {
        return scale.length;
    }

    /** Mean patch {@code [D]}. */
    double[] mean() {
        return mean;
    }

    /** Rows of E before the scale, {@code [d, D]}. */
    double[] encoder() {
        return encoder;
    }

    /**
     * The factor on each latent.
     *
     * @return a new array {@code [d]}
     */
    public double[] scale() {
        return scale.clone();
    }

    /**
     * The same maps as a stage of a training step over so many patches. The mean is folded into biases; where it is so large
     * beside the patches' spread that a product in float32 would cancel, it is taken off the patches first.
     */
    LinearCodec codec(Workspace work, int patches) {
        LinearCodec codec =
                new LinearCodec(work, dimension(), size()).decodingBy(scaledDecoder(), NdArrays.floats(mean));
        if (!cancels()) {
            return codec.encodingBy(scaledEncoder(), encoderBias());
        }
        float[] rounded = NdArrays.floats(mean);
        double[] rest = new double[rounded.length];
        Arrays.setAll(rest, j -> mean[j] - rounded[j]);
        return codec.encodingBy(scaledEncoder(), encoderBias(rest)).centredBy(work, patches, rounded);
    }

    /** Whether a product in float32 with patches that still hold the mean would lose the latents' digits. */
    boolean cancels() {
        return largestTerms() >= CANCELLING;
    }

    /** How large the terms are, for any latent, whose sum is the latent of the mean patch; latents are about 1. */
    private double largestTerms() {
        double largest = 0;
        for (int k = 0; k < dimension(); k++) {
            double sum = 0;
            for (int j = 0; j < size(); j++) {
                sum += Math.abs(encoder[k * size() + j] * mean[j]);
            }
            largest = Math.max(largest, sum * scale[k]);
        }
        return largest;
    }

    /** The scaled latents of minus the mean patch, {@code [d]}. */
    float[] encoderBias() {
        return encoderBias(mean);
    }

    /** The scaled latents of minus a patch, {@code [d]}. */
    private float[] encoderBias(double[] patch) {
        float[] bias = new float[dimension()];
        for (int k = 0; k < bias.length; k++) {
            double dot = 0;
            for (int j = 0; j < size(); j++) {
                dot += encoder[k * size() + j] * patch[j];
            }
            bias[k] = (float) (-dot * scale[k]);
        }
        return bias;
    }

    /** From centred patches to scaled latents, {@code [d, D]}. */
    float[] scaledEncoder() {
        float[] scaled = new float[dimension() * size()];
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] = (float) (encoder[i] * scale[i / size()]);
        }
        return scaled;
    }

    /** From scaled latents to centred patches, transposed: {@code [d, D]}. */
    float[] scaledDecoder() {
        float[] scaled = new float[dimension() * size()];
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] = (float) (decoder[i] / scale[i / size()]);
        }
        return scaled;
    }
}
