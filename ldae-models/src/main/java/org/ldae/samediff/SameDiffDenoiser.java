package org.ldae.samediff;

import org.ldae.nn.Denoiser;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * A network as an ND4J graph: its variables are parameters like any other network's, saved, averaged and decayed alike, and its
 * gradients come from ND4J, so that a network can be tried without a backward pass of one's own.
 *
 * <pre>{@code
 * public record TokenMlp(int width) implements SameDiffDenoiser {
 *     public int width(int block) {
 *         return width;
 *     }
 *     public SDVariable build(Graph g) {
 *         SDVariable x = g.linear("embed", g.input(), new Sides(g.signature().inputs(), width));
 *         SDVariable y = g.block(g.gelu(x.add(g.positions(width))));
 *         return g.linear("head", y, new Sides(width, g.signature().outputs()));
 *     }
 * }
 * }</pre>
 *
 * <p>The library's rules on speed and memory don't apply: a step allocates, parameters are copied into the graph, the backward
 * pass computes the forward pass again, planned memory leaves ND4J's out, and ND4J 1.0.0-M2.1 prints a line an operation when it
 * derives gradients. The same seed and threads still give the same numbers. To be saved it needs a name, as every part ({@link org.ldae.core.Parts}).
 */
public interface SameDiffDenoiser extends Denoiser {

    /**
     * Builds the network; called anew for every pass and to learn the parameters, always with the same result.
     *
     * @param graph of one number of images: its inputs, its parameters and the usual layers
     * @return the prediction {@code [n L, outputs]}
     */
    SDVariable build(Graph graph);

    @Override
    default int blocks() {
        return 1;
    }

    @Override
    default int encoderBlocks() {
        return blocks();
    }

    @Override
    default Parameters.Layout layout(Signature signature) {
        Graph graph = new Graph(signature, 1);
        build(graph);
        return graph.layout();
    }

    @Override
    default Pass pass(Workspace work, Signature signature, int images) {
        return new GraphPass(this, work, signature, images);
    }
}
