package org.ldae.compute.cpu;

import org.ldae.compute.ConvolutionShape;
import org.ldae.compute.ImageKernels;
import org.ldae.compute.Kernels;
import org.ldae.compute.MapShape;
import org.ldae.compute.Tensor;

/** Image kernels for ND4J's native backend. */
final class CpuImageKernels implements ImageKernels {

    private final CpuConvolution convolution;
    private final CpuGroupNorm groupNorm = new CpuGroupNorm();
    private final CpuPooling pooling = new CpuPooling();
    private final PatchCopy patchCopy;

    CpuImageKernels(Kernels kernels, Gemm gemm) {
        convolution = new CpuConvolution(kernels, gemm);
        patchCopy = gemm.patchCopy();
    }

    @Override
    public void convolve(ConvolutionShape shape, Tensor x, Tensor weight, float beta, Tensor y) {
        convolution.forward(shape, x, weight, beta, y);
    }

    @Override
    public void convolveBackwardData(ConvolutionShape shape, Tensor dy, Tensor weight, float beta, Tensor dx) {
        convolution.backwardData(shape, dy, weight, beta, dx);
    }

    @Override
    public void convolveBackwardWeight(ConvolutionShape shape, Tensor x, Tensor dy, Tensor dWeight) {
        convolution.backwardWeight(shape, x, dy, dWeight);
    }

    @Override
    public void groupNorm(GroupNormShape norm, Tensor x, Affine affine, Tensor moments, Tensor y) {
        groupNorm.forward(norm, new Normalised(x, affine, moments), y);
    }

    @Override
    public void groupNormBackward(
            GroupNormShape norm, Normalised forward, Tensor dy, Affine gradients, float beta, Tensor dx) {
        groupNorm.backward(norm, forward, dy, gradients, beta, dx);
    }

    @Override
    public void upsample(MapShape input, Tensor x, Tensor y) {
        pooling.upsample(input, x, y);
    }

    @Override
    public void upsampleBackward(MapShape input, Tensor dy, float beta, Tensor dx) {
        pooling.upsampleBackward(input, dy, beta, dx);
    }

    @Override
    public void maxPool(MapShape input, Tensor x, Tensor y) {
        pooling.maxPool(input, x, y);
    }

    @Override
    public void maxPoolBackward(MapShape input, Tensor x, Tensor dy, float beta, Tensor dx) {
        pooling.maxPoolBackward(input, x, dy, beta, dx);
    }

    @Override
    public void averagePool(Tensor x, Tensor y) {
        pooling.averagePool(x, y);
    }

    @Override
    public void averagePoolBackward(Tensor dy, float beta, Tensor dx) {
        pooling.averagePoolBackward(dy, beta, dx);
    }

    @Override
    public void cut(PatchShape shape, Tensor images, Tensor patches) {
        patchCopy.copy(shape, images, patches, true);
    }

    @Override
    public void paste(PatchShape shape, Tensor patches, Tensor images) {
        patchCopy.copy(shape, images, patches, false);
    }
}
