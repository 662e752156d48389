package org.ldae.nn.conv;

import java.util.Optional;
import org.ldae.compute.ConvolutionShape;
import org.ldae.compute.MapShape;
import org.ldae.nn.Parameters;

/** A {@link Convolution} in a chain. */
record ConvolutionLayer(String name, ConvolutionShape shape, Parameters.Init init) implements Layer {

    @Override
    public MapShape output() {
        return shape.output();
    }

    @Override
    public Optional<ConvolutionLayer> convolution() {
        return Optional.of(this);
    }

    @Override
    public boolean beginsBranch() {
        return true;
    }

    @Override
    public void declare(Parameters.Layout layout) {
        Convolution.declare(layout, name, shape, init);
    }

    @Override
    public Stage over(Maps x, MapMemory memory) {
        return new Live(new Convolution(memory.work(), name, shape), x, memory.next(x, output()), false);
    }

    /** Adds to what y holds. */
    Stage adding(Maps x, Maps y, MapMemory memory) {
        return new Live(new Convolution(memory.work(), name, shape), x, y, true);
    }

    private record Live(Convolution layer, Maps x, Maps output, boolean adds) implements Stage {

        @Override
        public void forward() {
            if (adds) {
                layer.addForward(x.values(), output.values());
            } else {
                layer.forward(x.values(), output.values());
            }
        }

        @Override
        public void backward(boolean learn, float beta) {
            if (learn) {
                layer.backward(x.values(), output.gradient(), x.slope(), beta);
            } else if (x.slope() != null) {
                layer.backwardData(output.gradient(), x.gradient(), beta);
            }
        }
    }
}
