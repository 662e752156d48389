package org.ldae.nn.conv;

import org.jspecify.annotations.Nullable;
import org.ldae.compute.Activation;
import org.ldae.compute.MapShape;
import org.ldae.nn.Parameters;

/** A {@link GroupNorm} in a chain. */
record NormLayer(String name, MapShape output, @Nullable Activation activation) implements Layer {

    @Override
    public boolean beginsBranch() {
        return true;
    }

    @Override
    public void declare(Parameters.Layout layout) {
        GroupNorm.declare(layout, name, output.channels());
    }

    @Override
    public Stage over(Maps x, MapMemory memory) {
        int groups = GroupNorm.groups(output.channels());
        GroupNorm.Options options = new GroupNorm.Options(memory.images(), output, groups, activation);
        return new Live(new GroupNorm(memory.work(), name, options), x, memory.next(x, output));
    }

    private record Live(GroupNorm layer, Maps x, Maps output) implements Stage {

        @Override
        public void forward() {
            layer.forward(x.values(), output.values());
        }

        @Override
        public void backward(boolean learn, float beta) {
            layer.backward(x.values(), output.gradient(), x.gradient(), beta);
        }
    }
}
