package org.ldae.nn.conv;

import org.ldae.compute.ImageKernels;
import org.ldae.compute.MapShape;

/** Sides doubled by nearest neighbours, or halved by the largest of 2 x 2 pixels. */
record ResizeLayer(MapShape input, boolean doubles) implements Layer {

    @Override
    public MapShape output() {
        return doubles ? input.doubled() : input.halved();
    }

    @Override
    public Stage over(Maps x, MapMemory memory) {
        return new Live(memory.work().kernels().images(), doubles, x, memory.next(x, output()));
    }

    private record Live(ImageKernels kernels, boolean doubles, Maps x, Maps output) implements Stage {

        @Override
        public void forward() {
            if (doubles) {
                kernels.upsample(x.shape(), x.values(), output.values());
            } else {
                kernels.maxPool(x.shape(), x.values(), output.values());
            }
        }

        @Override
        public void backward(boolean learn, float beta) {
            if (doubles) {
                kernels.upsampleBackward(x.shape(), output.gradient(), beta, x.gradient());
            } else {
                kernels.maxPoolBackward(x.shape(), x.values(), output.gradient(), beta, x.gradient());
            }
        }
    }
}
