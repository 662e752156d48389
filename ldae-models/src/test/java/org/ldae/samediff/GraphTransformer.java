package org.ldae.samediff;

import org.ldae.nn.Attention;
import org.ldae.nn.Linear.Sides;
import org.ldae.nn.Parameters.Init;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A small DiT with the names and layers of {@code VisionTransformer}: adaLN-Zero of time and label, width M, MLPs of ratio 2.
 *
 * @param width M
 * @param heads attention heads
 * @param blocks all of them the encoder's but for the last
 * @param conditionWidth numbers that time and label become
 */
public record GraphTransformer(int width, int heads, int blocks, int conditionWidth) implements SameDiffDenoiser {

    @Override
    public int encoderBlocks() {
        return blocks - 1;
    }

    @Override
    public int width(int block) {
        return width;
    }

    @Override
    public boolean takesLabels() {
        return true;
    }

    @Override
    public SDVariable build(Graph g) {
        SDVariable condition = condition(g);
        SDVariable x = g.linear("embed", g.input(), new Sides(g.signature().inputs(), width))
                .add(g.positions(width));
        for (int i = 0; i < blocks; i++) {
            x = g.block(block(g, "blocks.0" + i, x, condition));
        }
        SDVariable[] last = modulation(g, "modulation", condition, 2);
        SDVariable normed = g.normalised(x).mul(last[1].add(1)).add(last[0]);
        return g.linear("head", normed, new Sides(width, g.signature().outputs()), Init.ZEROS);
    }

    private SDVariable block(Graph g, String name, SDVariable x, SDVariable condition) {
        SDVariable[] told = modulation(g, name + ".modulation", condition, 6);
        SDVariable first = g.normalised(x).mul(told[1].add(1)).add(told[0]);
        Attention.Sizes sizes =
                new Attention.Sizes(width, heads, g.signature().grid().tokens());
        SDVariable middle = x.add(g.attention(name + ".attention", first, sizes).mul(told[2]));
        SDVariable second = g.normalised(middle).mul(told[4].add(1)).add(told[3]);
        SDVariable hidden = g.gelu(g.linear(name + ".mlp.first", second, new Sides(width, 2 * width)));
        return middle.add(g.linear(name + ".mlp.second", hidden, new Sides(2 * width, width))
                .mul(told[5]));
    }

    private SDVariable[] modulation(Graph g, String name, SDVariable condition, int parts) {
        SDVariable all = g.linear(name, condition, new Sides(conditionWidth, parts * width), Init.ZEROS);
        return g.sameDiff().split(g.perToken(all, parts * width), parts, 1);
    }

    private SDVariable condition(Graph g) {
        SameDiff sd = g.sameDiff();
        float[] frequencies = new float[128];
        for (int i = 0; i < 128; i++) {
            frequencies[i] = (float) (1000 * Math.pow(10000, -i / 128.0));
        }
        SDVariable angles = g.time().mul(sd.constant(Nd4j.create(frequencies, new long[] {1, 128}, 'c')));
        SDVariable waves = sd.concat(1, sd.math().cos(angles), sd.math().sin(angles));
        SDVariable hidden = silu(sd, g.linear("time.first", waves, new Sides(256, conditionWidth), Init.NORMAL));
        SDVariable time = g.linear("time.second", hidden, new Sides(conditionWidth, conditionWidth), Init.NORMAL);
        SDVariable table = g.parameter("classes", g.signature().classes() + 1, conditionWidth, Init.NORMAL);
        return silu(sd, time.add(g.labels().mmul(table)));
    }

    private static SDVariable silu(SameDiff sd, SDVariable x) {
        return x.mul(sd.nn().sigmoid(x));
    }
}
