package org.ldae.nn.conv;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ldae.compute.Kernels;
import org.ldae.compute.MapShape;
import org.ldae.nn.Parameters;

/**
 * {@code y = shortcut(x) + branch(x)}: the branch's last layer is a convolution, which adds to what the shortcut left. No
 * shortcut stands for x itself.
 */
record ResidualLayer(
        List<Layer> inner, ConvolutionLayer last, @Nullable ConvolutionLayer shortcut) implements Layer {

    @Override
    public MapShape output() {
        return last.output();
    }

    @Override
    public int largest() {
        return Math.max(
                output().size(), inner.stream().mapToInt(Layer::largest).max().orElseThrow());
    }

    @Override
    public boolean hasBranch() {
        return true;
    }

    @Override
    public void declare(Parameters.Layout layout) {
        inner.forEach(layer -> layer.declare(layout));
        last.declare(layout);
        if (shortcut != null) {
            shortcut.declare(layout);
        }
    }

    @Override
    public Stage over(Maps x, MapMemory memory) {
        MapMemory inside = memory.keeping(x);
        List<Stage> stages = new ArrayList<>();
        Maps h = x;
        for (Layer layer : inner) {
            Stage stage = layer.over(h, inside);
            stages.add(stage);
            h = stage.output();
        }
        if (shortcut == null) {
            Maps y = memory.instead(x);
            return new Identity(memory.work().kernels(), stages, last.adding(h, y, memory), x);
        }
        Stage side = shortcut.over(x, memory.keeping(h));
        return new Projected(stages, last.adding(h, side.output(), memory), side);
    }

    private static void forward(List<Stage> stages) {
        stages.forEach(Stage::forward);
    }

    /** The last to run is the first stage, which adds to the gradient that the shortcut left for x. */
    private static void backward(List<Stage> stages, boolean learn) {
        for (int i = stages.size() - 1; i >= 0; i--) {
            stages.get(i).backward(learn, i == 0 ? 1 : 0);
        }
    }

    private record Identity(Kernels kernels, List<Stage> inner, Stage last, Maps x) implements Stage {

        @Override
        public Maps output() {
            return last.output();
        }

        @Override
        public void forward() {
            ResidualLayer.forward(inner);
            if (output().values() != x.values()) {
                kernels.copy(x.values(), output().values());
            }
            last.forward();
        }

        @Override
        public void backward(boolean learn, float beta) {
            last.backward(learn, 0);
            ResidualLayer.backward(inner, learn); // the gradient of x starts as that of y: they share a place
        }
    }

    private record Projected(List<Stage> inner, Stage last, Stage shortcut) implements Stage {

        @Override
        public Maps output() {
            return last.output();
        }

        @Override
        public void forward() {
            ResidualLayer.forward(inner);
            shortcut.forward();
            last.forward();
        }

        @Override
        public void backward(boolean learn, float beta) {
            shortcut.backward(learn, 0);
            last.backward(learn, 0);
            ResidualLayer.backward(inner, learn);
        }
    }
}
