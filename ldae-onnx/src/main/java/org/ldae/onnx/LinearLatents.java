package org.ldae.onnx;

import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.ldae.core.TokenGrid;
import org.ldae.inference.Patches;
import org.ldae.tokenizers.Tokenizer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A linear tokenizer as two affine maps of tokens, found by what it makes of zeros and of single ones.
 *
 * @param encoder from patches to latents
 * @param decoder from latents to patches
 */
record LinearLatents(Affine encoder, Affine decoder) {

    /**
     * {@code x A + c}.
     *
     * @param matrix {@code [in, out]}
     * @param shift {@code [out]}
     */
    record Affine(INDArray matrix, INDArray shift) {

        /** Of {@code [N, L, in]}. */
        String of(Graph graph, String x) {
            return graph.op("Add", graph.op("MatMul", x, graph.constant(matrix)), graph.constant(shift));
        }

        /** Reads the map from its values at zero and at each unit vector. */
        static Affine probed(int inputs, int tokens, UnaryOperator<INDArray> map) {
            int images = inputs / tokens + 1;
            float[] units = new float[images * tokens * inputs];
            for (int i = 0; i < inputs; i++) {
                units[(i + 1) * inputs + i] = 1;
            }
            INDArray results = map.apply(Nd4j.createFromArray(units).reshape('c', images, tokens, inputs));
            int outputs = (int) results.size(2);
            float[] flat = results.dup('c').data().asFloat();
            float[] shift = Arrays.copyOf(flat, outputs);
            float[][] matrix = new float[inputs][outputs];
            for (int i = 0; i < inputs; i++) {
                for (int k = 0; k < outputs; k++) {
                    matrix[i][k] = flat[(i + 1) * outputs + k] - shift[k];
                }
            }
            return new Affine(Nd4j.createFromArray(matrix), Nd4j.createFromArray(shift));
        }
    }

    static LinearLatents of(Tokenizer tokenizer) {
        if (!tokenizer.options().linear()) {
            throw new IllegalArgumentException(
                    "ONNX: expected a patch-wise linear tokenizer (PatchPCA, PatchAE, PatchVAE), got "
                            + tokenizer.options().name());
        }
        TokenGrid grid = tokenizer.grid();
        Patches patches = Patches.of(grid);
        return new LinearLatents(
                Affine.probed(grid.patchSize(), grid.tokens(), units -> tokenizer.encode(patches.unpatchify(units))),
                Affine.probed(
                        tokenizer.dimension(), grid.tokens(), units -> patches.patchify(tokenizer.decode(units))));
    }
}
