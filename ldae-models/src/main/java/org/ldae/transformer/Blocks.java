package org.ldae.transformer;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ldae.compute.Tensor;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;

/**
 * Blocks one after the other over images of the same number of tokens. Each one's result is kept; what a block needs beside it
 * to run backward is kept too, or computed again from its input in memory that all blocks share, as the workspace says.
 */
final class Blocks {

    private final Workspace work;
    private final List<Block> blocks = new ArrayList<>();
    private final List<Tensor> outputs = new ArrayList<>();
    private final Tensor dNormed;
    private Tensor input;

    /**
     * Which blocks, over what.
     *
     * @param prefix before the names of their parameters, such as {@code "decoder."}
     * @param net their sizes
     * @param count how many
     * @param tokens tokens of an image
     * @param rows tokens of all images
     */
    record Stack(String prefix, VisionTransformer net, int count, int tokens, int rows) {
        String name(int index) {
            return prefix + VisionTransformer.blockName(index);
        }
    }

    Blocks(Workspace work, Stack stack, Block.@Nullable Condition condition) {
        this.work = work;
        Block.Scratch scratch = Block.Scratch.allocate(work, stack.net(), stack.rows());
        Workspace inner = work.turns();
        for (int i = 0; i < stack.count(); i++) {
            inner.nextTurn();
            blocks.add(new Block(inner, stack.name(i), stack.net(), stack.tokens(), scratch, condition));
            outputs.add(work.allocate(stack.rows(), stack.net().width()));
        }
        this.dNormed = scratch.dNormed();
        this.input = dNormed;
    }

    /** Runs the first blocks, {@code [rows, M] -> [rows, M]}. */
    Tensor forward(Tensor x, int first) {
        input = x;
        for (int i = 0; i < first; i++) {
            blocks.get(i).forward(stream(i), outputs.get(i));
        }
        return stream(first);
    }

    /** Tokens after some blocks of the last forward pass. */
    Tensor stream(int after) {
        return after == 0 ? input : outputs.get(after - 1);
    }

    /** Turns the gradient of the last block's output into that of the first's input, in place. */
    void backward(Tensor d) {
        int last = blocks.size() - 1;
        for (int i = last; i >= 0; i--) {
            // The last block's activations are still there.
            if (i < last && !work.keepsActivations()) {
                blocks.get(i).forward(stream(i), outputs.get(i));
            }
            blocks.get(i).backward(stream(i), d);
        }
    }

    int size() {
        return blocks.size();
    }

    /** Memory of the tokens' sides that is free between the passes of the blocks. */
    Tensor scratch() {
        return dNormed;
    }

    /** Declares plain blocks, which learn neither time nor label. */
    static void declare(Parameters.Layout layout, Stack stack) {
        for (int i = 0; i < stack.count(); i++) {
            Block.declare(layout, stack.name(i), stack.net(), false);
        }
    }
}
