package org.ldae.nn.conv;

import org.ldae.compute.Activation;
import org.ldae.compute.Kernels;
import org.ldae.compute.MapShape;

/** A non-linearity by itself; what it makes takes the place of what it reads. */
record ActivationLayer(Activation function, MapShape output) implements Layer {

    @Override
    public Stage over(Maps x, MapMemory memory) {
        return new Live(memory.work().kernels(), function, x, memory.instead(x));
    }

    private record Live(Kernels kernels, Activation function, Maps x, Maps output) implements Stage {

        @Override
        public void forward() {
            kernels.activate(function, x.values(), output.values());
        }

        @Override
        public void backward(boolean learn, float beta) {
            kernels.activateBackward(function, x.values(), output.gradient());
        }
    }
}
