package org.ldae.nn.conv;

import org.ldae.compute.Kernels;
import org.ldae.compute.MapShape;
import org.ldae.compute.Tensor;
import org.ldae.nn.ConditionEmbedding;
import org.ldae.nn.Linear;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;

/** Adds a linear map of what the network is told to every pixel of an image, in place (Ho et al. 2020). */
record ConditionLayer(String name, MapShape output, int width) implements Layer {

    @Override
    public void declare(Parameters.Layout layout) {
        Linear.declare(layout, name, new Linear.Sides(width, output.channels()), Parameters.Init.XAVIER_UNIFORM);
    }

    @Override
    public Stage over(Maps x, MapMemory memory) {
        Workspace work = memory.work();
        Tensor shift = work.allocate(memory.images(), output.channels());
        return new Live(work.kernels(), new Linear(work, name), memory.conditions(), shift, x);
    }

    private record Live(Kernels kernels, Linear linear, ConditionEmbedding told, Tensor shift, Maps output)
            implements Stage {

        @Override
        public void forward() {
            linear.forward(told.vector(), shift); // [n, C]
            // The backward pass of a mean over pixels gives each of them a share of its row.
            kernels.scale(shift, output.shape().pixels());
            kernels.images().averagePoolBackward(shift, 1, output.values());
        }

        @Override
        public void backward(boolean learn, float beta) {
            if (learn) {
                kernels.images().averagePool(output.gradient(), shift);
                kernels.scale(shift, output.shape().pixels());
                linear.backward(told.vector(), shift, told.gradient(), 1);
            }
        }
    }
}
