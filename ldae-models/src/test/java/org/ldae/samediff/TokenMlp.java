package org.ldae.samediff;

import org.ldae.nn.Linear.Sides;
import org.nd4j.autodiff.samediff.SDVariable;

/** The network of {@link SameDiffDenoiser}'s Javadoc. */
public record TokenMlp(int width) implements SameDiffDenoiser {
    @Override
    public int width(int block) {
        return width;
    }

    @Override
    public SDVariable build(Graph g) {
        SDVariable x = g.linear("embed", g.input(), new Sides(g.signature().inputs(), width));
        SDVariable y = g.block(g.gelu(x.add(g.positions(width))));
        return g.linear("head", y, new Sides(width, g.signature().outputs()));
    }
}
