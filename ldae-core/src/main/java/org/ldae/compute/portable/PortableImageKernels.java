package org.ldae.compute.portable;

import static org.nd4j.linalg.indexing.NDArrayIndex.all;
import static org.nd4j.linalg.indexing.NDArrayIndex.interval;

import org.ldae.compute.ConvolutionShape;
import org.ldae.compute.ImageKernels;
import org.ldae.compute.Kernels;
import org.ldae.compute.MapShape;
import org.ldae.compute.Tensor;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Image kernels made of ND4J operations only, the reference for the CPU ones; one product a pixel of the window. */
final class PortableImageKernels implements ImageKernels {

    private final Kernels kernels;

    PortableImageKernels(Kernels kernels) {
        this.kernels = kernels;
    }

    @Override
    public void convolve(ConvolutionShape shape, Tensor x, Tensor weight, float beta, Tensor y) {
        INDArray padded = padded(shape, x);
        INDArray sum = Nd4j.zeros(DataType.FLOAT, y.rows(), y.columns());
        for (int tap = 0; tap < taps(shape); tap++) {
            sum.addi(pixels(shape, padded, tap).mmul(part(shape, weight, tap).transpose()));
        }
        put(sum, beta, y);
    }

    @Override
    public void convolveBackwardData(ConvolutionShape shape, Tensor dy, Tensor weight, float beta, Tensor dx) {
        INDArray padded = Nd4j.zeros(DataType.FLOAT, paddedSides(shape, dx));
        for (int tap = 0; tap < taps(shape); tap++) {
            INDArray places = places(shape, padded, tap);
            places.addi(dy.array().mmul(part(shape, weight, tap)).reshape('c', places.shape()));
        }
        put(inside(shape, padded).dup('c').reshape('c', dx.rows(), dx.columns()), beta, dx);
    }

    @Override
    public void convolveBackwardWeight(ConvolutionShape shape, Tensor x, Tensor dy, Tensor dWeight) {
        INDArray padded = padded(shape, x);
        for (int tap = 0; tap < taps(shape); tap++) {
            part(shape, dWeight, tap).addi(dy.array().transpose().mmul(pixels(shape, padded, tap)));
        }
    }

    private static int taps(ConvolutionShape shape) {
        return shape.window().size() * shape.window().size();
    }

    private static long[] paddedSides(ConvolutionShape shape, Tensor x) {
        MapShape in = shape.input();
        int padding = shape.window().before() + shape.window().after();
        return new long[] {x.rows() / in.pixels(), in.height() + padding, in.width() + padding, in.channels()};
    }

    private static INDArray inside(ConvolutionShape shape, INDArray padded) {
        int from = shape.window().before();
        MapShape in = shape.input();
        return padded.get(all(), interval(from, from + in.height()), interval(from, from + in.width()), all());
    }

    private static INDArray padded(ConvolutionShape shape, Tensor x) {
        INDArray padded = Nd4j.zeros(DataType.FLOAT, paddedSides(shape, x));
        inside(shape, padded).assign(maps(shape.input(), x));
        return padded;
    }

    /** The pixels under one pixel of the window, {@code [n, H', W', C]}, a view. */
    private static INDArray places(ConvolutionShape shape, INDArray padded, int tap) {
        int row = tap / shape.window().size();
        int column = tap % shape.window().size();
        int stride = shape.window().stride();
        MapShape out = shape.output();
        return padded.get(all(), every(stride, row, out.height()), every(stride, column, out.width()), all());
    }

    /** ND4J takes an interval of one index with a stride for one that is out of range. */
    private static INDArrayIndex every(int stride, int from, int count) {
        return count == 1 ? interval(from, from + 1) : interval(from, stride, from + stride * (count - 1) + 1);
    }

    private static INDArray pixels(ConvolutionShape shape, INDArray padded, int tap) {
        INDArray places = places(shape, padded, tap).dup('c');
        return places.reshape(
                'c', places.length() / shape.input().channels(), shape.input().channels());
    }

    /** The weight of one pixel of the window, {@code [C_out, C_in]}, a view. */
    private static INDArray part(ConvolutionShape shape, Tensor weight, int tap) {
        int channels = shape.input().channels();
        return weight.array().get(all(), interval(tap * channels, (tap + 1) * channels));
    }

    private static INDArray maps(MapShape shape, Tensor x) {
        return x.array().reshape('c', x.rows() / shape.pixels(), shape.height(), shape.width(), shape.channels());
    }

    private static void put(INDArray result, float beta, Tensor into) {
        if (beta != 0) {
            result.addi(into.array().mul(beta));
        }
        into.array().assign(result);
    }

    @Override
    public void groupNorm(GroupNormShape norm, Tensor x, Affine affine, Tensor moments, Tensor y) {
        INDArray groups = groups(norm, x.array());
        INDArray mean = groups.mean(true, 1);
        mean.addi(groups.subColumnVector(mean).mean(true, 1)); // the first one is rounded where numbers are far from 0
        INDArray centred = groups.subColumnVector(mean);
        INDArray variance = centred.mul(centred).mean(true, 1);
        INDArray inverse = Transforms.sqrt(variance.addi(norm.epsilon()), true).rdivi(1);
        moments.array().get(interval(0, mean.rows()), all()).assign(Nd4j.hstack(mean, inverse));
        scaled(norm, new Normalised(x, affine, moments), y);
        if (norm.activation() != null) {
            kernels.activate(norm.activation(), y, y);
        }
    }

    @Override
    public void groupNormBackward(
            GroupNormShape norm, Normalised forward, Tensor dy, Affine gradients, float beta, Tensor dx) {
        if (norm.activation() != null) {
            try (Tensor before = Tensor.zeros(dy.rows(), dy.columns())) {
                scaled(norm, forward, before);
                kernels.activateBackward(norm.activation(), before, dy);
            }
        }
        INDArray normalised = normalised(norm, forward);
        INDArray flat = ungrouped(norm, normalised, dy);
        gradients.bias().array().addi(dy.array().sum(true, 0));
        gradients.weight().array().addi(dy.array().mul(flat).sum(true, 0));
        INDArray d =
                groups(norm, dy.array().mulRowVector(forward.affine().weight().array()));
        INDArray projected = normalised.mulColumnVector(d.mul(normalised).mean(true, 1));
        INDArray result = d.subColumnVector(d.mean(true, 1)).subi(projected);
        result.muliColumnVector(moment(norm, forward, 1));
        put(ungrouped(norm, result, dx), beta, dx);
    }

    private static INDArray normalised(GroupNormShape norm, Normalised forward) {
        return groups(norm, forward.x().array())
                .subColumnVector(moment(norm, forward, 0))
                .muliColumnVector(moment(norm, forward, 1));
    }

    /** Mean (0) or inverse deviation (1) of each image's groups, {@code [n G, 1]}, copied. */
    private static INDArray moment(GroupNormShape norm, Normalised forward, int column) {
        int rows = forward.x().rows() / norm.pixels() * norm.groups();
        return forward.moments()
                .array()
                .get(interval(0, rows), interval(column, column + 1))
                .dup('c');
    }

    private static void scaled(GroupNormShape norm, Normalised forward, Tensor y) {
        INDArray flat = ungrouped(norm, normalised(norm, forward), y);
        Affine affine = forward.affine();
        y.array()
                .assign(flat.muliRowVector(affine.weight().array())
                        .addiRowVector(affine.bias().array()));
    }

    /** {@code [n P, C]} as {@code [n G, P C / G]}, copied. */
    private static INDArray groups(GroupNormShape norm, INDArray x) {
        long images = x.rows() / norm.pixels();
        long width = x.columns() / norm.groups();
        return x.dup('c')
                .reshape('c', images, norm.pixels(), norm.groups(), width)
                .permute(0, 2, 1, 3)
                .dup('c')
                .reshape('c', images * norm.groups(), norm.pixels() * width);
    }

    private static INDArray ungrouped(GroupNormShape norm, INDArray groups, Tensor like) {
        long images = like.rows() / norm.pixels();
        long width = like.columns() / norm.groups();
        return groups.reshape('c', images, norm.groups(), norm.pixels(), width)
                .permute(0, 2, 1, 3)
                .dup('c')
                .reshape('c', like.rows(), like.columns());
    }

    /** Every other pixel of maps, from one of the four corners of each 2 x 2 pixels on; a view. */
    private static INDArray corner(MapShape shape, INDArray maps, int corner) {
        MapShape half = shape.halved();
        return maps.get(all(), every(2, corner / 2, half.height()), every(2, corner % 2, half.width()), all());
    }

    @Override
    public void upsample(MapShape input, Tensor x, Tensor y) {
        INDArray small = maps(input, x);
        INDArray large = maps(input.doubled(), y);
        for (int corner = 0; corner < 4; corner++) {
            corner(input.doubled(), large, corner).assign(small);
        }
    }

    @Override
    public void upsampleBackward(MapShape input, Tensor dy, float beta, Tensor dx) {
        INDArray large = maps(input.doubled(), dy);
        INDArray sum = corner(input.doubled(), large, 0).dup('c');
        for (int corner = 1; corner < 4; corner++) {
            sum.addi(corner(input.doubled(), large, corner));
        }
        put(sum.reshape('c', dx.rows(), dx.columns()), beta, dx);
    }

    @Override
    public void maxPool(MapShape input, Tensor x, Tensor y) {
        maps(input.halved(), y).assign(largest(input, maps(input, x)));
    }

    private static INDArray largest(MapShape input, INDArray x) {
        INDArray largest = corner(input, x, 0).dup('c');
        for (int corner = 1; corner < 4; corner++) {
            largest = Transforms.max(largest, corner(input, x, corner).dup('c'), false);
        }
        return largest;
    }

    @Override
    public void maxPoolBackward(MapShape input, Tensor x, Tensor dy, float beta, Tensor dx) {
        INDArray maps = maps(input, x);
        INDArray largest = largest(input, maps);
        INDArray left = maps(input.halved(), dy).dup('c');
        INDArray result = Nd4j.zeros(DataType.FLOAT, maps.shape());
        for (int corner = 0; corner < 4; corner++) {
            INDArray taken = corner(input, maps, corner).dup('c').eq(largest).castTo(DataType.FLOAT);
            taken.muli(left);
            corner(input, result, corner).assign(taken);
            left.subi(taken);
        }
        put(result.reshape('c', dx.rows(), dx.columns()), beta, dx);
    }

    @Override
    public void cut(PatchShape shape, Tensor images, Tensor patches) {
        int side = shape.side();
        INDArray pixels = images.array()
                .dup('c')
                .reshape('c', images.rows(), shape.channels(), shape.rows(), side, shape.columns(), side);
        patches.array()
                .assign(pixels.permute(0, 2, 4, 1, 3, 5).dup('c').reshape('c', patches.rows(), patches.columns()));
    }

    @Override
    public void paste(PatchShape shape, Tensor patches, Tensor images) {
        int side = shape.side();
        INDArray cut = patches.array()
                .dup('c')
                .reshape('c', images.rows(), shape.rows(), shape.columns(), shape.channels(), side, side);
        images.array().assign(cut.permute(0, 3, 1, 4, 2, 5).dup('c').reshape('c', images.rows(), images.columns()));
    }

    @Override
    public void averagePool(Tensor x, Tensor y) {
        int pixels = x.rows() / y.rows();
        y.array().assign(x.array().reshape('c', y.rows(), pixels, x.columns()).mean(1));
    }

    @Override
    public void averagePoolBackward(Tensor dy, float beta, Tensor dx) {
        int pixels = dx.rows() / dy.rows();
        INDArray share = dy.array().div(pixels).reshape('c', dy.rows(), 1, dy.columns());
        INDArray spread =
                Nd4j.zeros(DataType.FLOAT, dy.rows(), pixels, dy.columns()).addi(share);
        put(spread.reshape('c', dx.rows(), dx.columns()), beta, dx);
    }
}
