package org.ldae.nn.conv;

import org.ldae.compute.MapShape;
import org.ldae.nn.Attention;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;

/** {@code y = x + attention(norm(x))} with one head over all pixels, as latent diffusion's autoencoder. */
record AttentionLayer(String name, MapShape output) implements Layer {

    @Override
    public void declare(Parameters.Layout layout) {
        GroupNorm.declare(layout, name + ".norm", output.channels());
        Attention.declare(layout, name, output.channels());
    }

    @Override
    public Stage over(Maps x, MapMemory memory) {
        Workspace work = memory.work();
        int rows = x.values().rows();
        int width = output.channels();
        Layer norm = new NormLayer(name + ".norm", output, null);
        Attention.Scratch scratch = new Attention.Scratch(work.allocate(rows, 3 * width), work.allocate(rows, width));
        Attention attention = new Attention(work, name, new Attention.Sizes(width, 1, output.pixels()), scratch);
        return new Live(norm.over(x, memory), attention, x, memory.instead(x));
    }

    private record Live(Stage norm, Attention attention, Maps x, Maps output) implements Stage {

        @Override
        public void forward() {
            norm.forward();
            attention.forward(norm.output().values(), x.values(), output.values());
        }

        @Override
        public void backward(boolean learn, float beta) {
            Maps h = norm.output();
            attention.backward(h.values(), output.gradient(), h.gradient());
            norm.backward(learn, 1); // onto the trunk's gradient, which is the output's
        }
    }
}
