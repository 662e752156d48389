package org.ldae.transformer;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ldae.compute.Tensor;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;

/** Blocks one after the other over images of the same number of tokens. */
final class Blocks {

    private final List<Block> blocks = new ArrayList<>();
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
        Block.Scratch scratch = Block.Scratch.allocate(work, stack.net(), stack.rows());
        for (int i = 0; i < stack.count(); i++) {
            blocks.add(new Block(work, stack.name(i), stack.net(), stack.tokens(), scratch, condition));
        }
        this.dNormed = scratch.dNormed();
        this.input = dNormed;
    }

    /** Runs the first blocks, {@code [rows, M] -> [rows, M]}. */
    Tensor forward(Tensor x, int first) {
        input = x;
        for (Block each : blocks.subList(0, first)) {
            x = each.forward(x);
        }
        return x;
    }

    /** Tokens after some blocks of the last forward pass. */
    Tensor stream(int after) {
        return after == 0 ? input : blocks.get(after - 1).output();
    }

    /** Turns the gradient of the last block's output into that of the first's input, in place. */
    void backward(Tensor d) {
        for (int i = blocks.size() - 1; i >= 0; i--) {
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
