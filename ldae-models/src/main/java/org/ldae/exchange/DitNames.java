package org.ldae.exchange;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.ldae.transformer.VisionTransformer;

/** DiT's names, those of facebookresearch's repository. */
final class DitNames {

    static final String PATCHES = "x_embedder.proj.weight";
    static final String POSITIONS = "pos_embed";
    static final String CLASSES = "y_embedder.embedding_table.weight";
    static final String LAST = "final_layer.linear";
    static final String HIDDEN = "blocks.0.mlp.fc1.weight";

    private DitNames() {}

    /**
     * How the ends of a DiT lie in a file.
     *
     * @param channels C of the latents
     * @param patch P
     * @param width M
     * @param sigma whether a variance is predicted beside the noise
     */
    record Ends(int channels, int patch, int width, boolean sigma) {
        Form last(int numbers) {
            return sigma ? new NoiseAlone(channels, numbers) : Form.same(0);
        }
    }

    /** All tensors of some blocks but the positions, which are a formula's. */
    static Table table(int blocks, Ends ends) {
        Stream<Entry> outer = Stream.of(
                Entry.of(PATCHES, "embed.weight", Form.convolution(ends.channels, ends.patch)),
                Entry.of("x_embedder.proj.bias", "embed.bias", Form.same(0)),
                Entry.of("t_embedder.mlp.0.weight", "time.first.weight", new LaterStep()),
                Entry.of("t_embedder.mlp.0.bias", "time.first.bias", Form.same(0)),
                Entry.of(CLASSES, "classes", Form.same(0)),
                Entry.of(LAST + ".weight", "head.weight", ends.last(ends.width)),
                Entry.of(LAST + ".bias", "head.bias", ends.last(1)));
        Stream<Entry> layers = Stream.of(
                        Entry.layer("t_embedder.mlp.2", "time.second"),
                        Entry.layer("final_layer.adaLN_modulation.1", "modulation"))
                .flatMap(each -> each);
        Stream<Entry> inner =
                IntStream.range(0, blocks).boxed().flatMap(i -> block("blocks." + i, VisionTransformer.blockName(i)));
        List<Entry> entries =
                Stream.of(outer, layers, inner).flatMap(each -> each).toList();
        return new Table(entries, POSITIONS::equals);
    }

    private static Stream<Entry> block(String theirs, String ours) {
        return Stream.of(
                        Entry.layer(theirs + ".attn.qkv", ours + ".attention.qkv"),
                        Entry.layer(theirs + ".attn.proj", ours + ".attention.projection"),
                        Entry.layer(theirs + ".mlp.fc1", ours + ".mlp.first"),
                        Entry.layer(theirs + ".mlp.fc2", ours + ".mlp.second"),
                        Entry.layer(theirs + ".adaLN_modulation.1", ours + ".modulation"))
                .flatMap(each -> each);
    }

    /**
     * The last layer's rows of the noise, among rows that also predict its variance: for each pixel of a patch C of the noise, then
     * C of the variance.
     *
     * @param channels C
     * @param width numbers in a row of the weight, 1 for the bias
     */
    private record NoiseAlone(int channels, int width) implements Form {
        @Override
        public List<Long> shape(long rows, long columns) {
            return rows == 1 ? List.of(2 * columns) : List.of(2 * rows, columns);
        }

        @Override
        public float[] ours(float[] theirs) {
            float[] noise = new float[theirs.length / 2];
            int run = channels * width;
            for (int from = 0; from < noise.length; from += run) {
                System.arraycopy(theirs, 2 * from, noise, from, run);
            }
            return noise;
        }

        @Override
        public float[] theirs(float[] ours) {
            throw new UnsupportedOperationException("files are written without the variance");
        }
    }

    /**
     * The first layer of the time for our count of steps: at t = s / 1000 the noise is that after s steps, which DiT calls step s -
     * 1. Cosine and sine of {@code (s - 1) f} are a rotation of those of {@code s f}, which goes into the weights.
     */
    private record LaterStep() implements Form {
        private static final int HALF = 128;

        @Override
        public List<Long> shape(long rows, long columns) {
            return List.of(rows, columns);
        }

        @Override
        public float[] ours(float[] theirs) {
            return rotated(theirs, 1);
        }

        @Override
        public float[] theirs(float[] ours) {
            return rotated(ours, -1);
        }

        private static float[] rotated(float[] weights, int direction) {
            float[] result = new float[weights.length];
            for (int row = 0; row < weights.length; row += 2 * HALF) {
                for (int i = 0; i < HALF; i++) {
                    double frequency = Math.pow(10000, -(double) i / HALF);
                    double cosine = Math.cos(frequency);
                    double sine = direction * Math.sin(frequency);
                    double onCosine = weights[row + i];
                    double onSine = weights[row + HALF + i];
                    result[row + i] = (float) (onCosine * cosine - onSine * sine);
                    result[row + HALF + i] = (float) (onCosine * sine + onSine * cosine);
                }
            }
            return result;
        }
    }
}
