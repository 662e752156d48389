package org.ldae.tokenizers;

import java.util.Optional;
import org.ldae.compute.Backend;
import org.ldae.compute.ImageKernels;
import org.ldae.compute.ImageKernels.PatchShape;
import org.ldae.compute.Kernels;
import org.ldae.compute.Kernels.Transpose;
import org.ldae.compute.Tensor;
import org.ldae.core.NdArrays;
import org.ldae.core.Shapes;
import org.ldae.core.TokenGrid;
import org.ldae.inference.Inference;
import org.ldae.nn.Workspace;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A linear map between arrays of images and of latents, in the arrays' own memory.
 *
 * <p>Patches lie in the order channel, row, column here, in which a copy moves whole rows of pixels: that and staying off the
 * heap take half the time of a run by the codec (docs/benchmarks.md, "Projection"). The matrices are permuted to it.
 */
final class LinearArrays {

    /** Numbers that fit a {@link Tensor}. */
    private static final long MOST = (1L << 29) - 1;

    private final TokenGrid grid;
    private final boolean cancels;
    private final PatchShape shape;
    private final int dimension;
    /** {@code [D, d]}: of both orders the faster in a product with many rows. */
    private final float[] encoder;

    private final float[] encoderBias;
    /** {@code [d + 1, D]}: a latent is followed by a 1, and the last row is the mean patch. */
    private final float[] decoder;

    LinearArrays(TokenGrid grid, LinearMap map) {
        this.grid = grid;
        this.cancels = map.cancels();
        this.shape = new PatchShape(grid.image().channels(), grid.rows(), grid.columns(), grid.patch());
        this.dimension = map.dimension();
        int size = grid.patchSize();
        float[] rows = planar(map.scaledEncoder());
        encoder = new float[rows.length];
        for (int i = 0; i < rows.length; i++) {
            encoder[i % size * dimension + i / size] = rows[i];
        }
        encoderBias = map.encoderBias();
        decoder = new float[rows.length + size];
        System.arraycopy(planar(map.scaledDecoder()), 0, decoder, 0, rows.length);
        System.arraycopy(planar(NdArrays.floats(map.mean())), 0, decoder, rows.length, size);
    }

    /** Patches in the order row, column, channel, in the order channel, row, column. */
    private float[] planar(float[] patches) {
        int channels = shape.channels();
        int area = shape.side() * shape.side();
        float[] planar = new float[patches.length];
        for (int i = 0; i < patches.length; i++) {
            int k = i % grid.patchSize();
            planar[i - k + k % channels * area + k / channels] = patches[i];
        }
        return planar;
    }

    /** Images {@code [N, C, H, W]} to latents {@code [N, L, d]}; empty where the kernels can't read them in place, or the mean must go first. */
    Optional<INDArray> encode(INDArray images) {
        if (cancels) {
            return Optional.empty();
        }
        int numbers = grid.tokens() * dimension;
        return map(images, numbers, new long[] {images.size(0), grid.tokens(), dimension}, (work, n, in, out) -> {
            Kernels kernels = work.kernels();
            ImageKernels copies = kernels.images();
            Tensor patches = work.allocate(n * grid.tokens(), grid.patchSize());
            Tensor matrix = matrix(work, grid.patchSize(), dimension, encoder);
            Tensor bias = matrix(work, 1, dimension, encoderBias);
            return (first, count) -> {
                int rows = count * grid.tokens();
                Tensor cut = patches.slice(0, rows, grid.patchSize());
                Tensor latents = out.slice(first * numbers, rows, dimension);
                copies.cut(shape, in.view(first, count, 0, in.columns()), cut);
                kernels.tile(bias, latents);
                kernels.gemm(Transpose.NONE, cut, matrix, 1, latents);
            };
        });
    }

    /** Latents to images, likewise. */
    Optional<INDArray> decode(INDArray latents) {
        int numbers = grid.tokens() * dimension;
        long[] axes = {
            latents.size(0),
            shape.channels(),
            grid.image().height(),
            grid.image().width()
        };
        return map(latents, shape.imageSize(), axes, (work, n, in, out) -> {
            Kernels kernels = work.kernels();
            ImageKernels copies = kernels.images();
            Tensor patches = work.allocate(n * grid.tokens(), grid.patchSize());
            Tensor matrix = matrix(work, dimension + 1, grid.patchSize(), decoder);
            Tensor extended = work.allocate(n * grid.tokens(), dimension + 1);
            kernels.fill(extended, 1);
            return (first, count) -> {
                int rows = count * grid.tokens();
                Tensor cut = patches.slice(0, rows, grid.patchSize());
                Tensor codes = extended.slice(0, rows, dimension + 1);
                kernels.copy(in.slice(first * numbers, rows, dimension), codes.columns(0, dimension));
                kernels.gemm(Transpose.NONE, codes, matrix, 0, cut);
                copies.paste(shape, cut, out.view(first, count, 0, out.columns()));
            };
        });
    }

    private static Tensor matrix(Workspace work, int rows, int columns, float[] numbers) {
        Tensor matrix = work.allocate(rows, columns);
        matrix.put(numbers);
        return matrix;
    }

    /** Builds the work of a thread between both arrays, a row an item. */
    private interface Sides {
        Inference.Visit of(Workspace work, int n, Tensor in, Tensor out);
    }

    private Optional<INDArray> map(INDArray items, int size, long[] axes, Sides sides) {
        int count = Math.toIntExact(items.size(0));
        if (count == 0 || Math.max(items.length(), (long) count * size) > MOST) {
            return Optional.empty();
        }
        INDArray result = Nd4j.createUninitialized(DataType.FLOAT, axes, 'c');
        return shared(Shapes.contiguous(items))
                .flatMap(in -> shared(result).map(out -> {
                    try (in;
                            out) {
                        Inference.withoutWeights(Inference.itemsAtOnce(Math.max(in.columns(), out.columns())))
                                .each(count, (work, n) -> sides.of(work, n, in, out));
                    }
                    return result;
                }));
    }

    private static Optional<Tensor> shared(INDArray items) {
        int count = (int) items.size(0);
        int size = (int) (items.length() / count);
        return Backend.provider().share(items).map(memory -> Tensor.over(memory, count, size));
    }
}
