package org.ldae.transformer;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.ldae.compute.Tensor;
import org.ldae.core.TokenGrid;
import org.ldae.nn.Denoiser.Signature;
import org.ldae.nn.Linear;
import org.ldae.nn.Parameters;
import org.ldae.nn.Parameters.Init;
import org.ldae.nn.Positions;
import org.ldae.nn.Workspace;

/** From input tokens to the first block: one linear layer, positions, and a class token if there is one. */
final class Embedding {

    private static final String POSITIONS = VisionTransformer.EMBED + ".positions";
    private static final String CLASS_TOKEN = VisionTransformer.EMBED + ".class";

    private final Workspace work;
    private final Tensor input;
    private final int[] places;
    private final Linear embed;
    private final Table table;
    private final Tensor tokens;
    private final @Nullable ClassToken classToken;

    static void declare(Parameters.Layout layout, VisionTransformer net, Signature signature) {
        Variant form = net.form();
        int width = net.width();
        Linear.declare(
                layout, VisionTransformer.EMBED, new Linear.Sides(signature.inputs(), width), Init.XAVIER_UNIFORM);
        if (form.learntPositions()) {
            layout.add(POSITIONS, form.leading() + signature.grid().tokens(), width, Init.NORMAL);
        }
        if (form.classToken()) {
            layout.add(CLASS_TOKEN, 1, width, Init.NORMAL);
        }
    }

    Embedding(VisionTransformer net, Workspace work, Signature signature, int images) {
        int visible = signature.visible();
        int rows = images * visible;
        this.work = work;
        this.input = work.allocate(rows, signature.inputs());
        this.places = new int[rows];
        Arrays.setAll(places, i -> i % visible);
        this.table = net.form().learntPositions()
                ? Table.learnt(work, net.form().leading())
                : Table.fixed(work, signature.grid(), net.width());
        this.embed = new Linear(work, VisionTransformer.EMBED);
        this.classToken = net.form().classToken() ? new ClassToken(work, table, places, images) : null;
        this.tokens = classToken == null ? work.allocate(rows, net.width()) : classToken.patches;
    }

    /** {@code [n V, inputs]}, written by the caller. */
    Tensor input() {
        return input;
    }

    /** Where each row of the input lies in its image, live. */
    int[] places() {
        return places;
    }

    /** {@code [n V, M]}, or {@code [n (1 + V), M]} with a class token. */
    Tensor forward() {
        work.kernels().gatherRows(table.ofPatches, places, tokens);
        embed.forward(input, tokens, tokens); // [n V, M]
        return classToken == null ? tokens : classToken.forward(); // [n (1 + V), M]
    }

    /** Adds the gradients of the last {@link #forward}. */
    void backward(Tensor d) {
        Tensor dTokens = classToken == null ? d : classToken.backward(d);
        if (table.gradient != null) {
            work.kernels().scatterAddRows(dTokens, places, table.gradient);
        }
        embed.backward(input, dTokens, null);
    }

    /** Positions of the patches, and that of the class token and gradients if they are learnt. */
    private record Table(
            Tensor ofPatches,
            @Nullable Tensor gradient,
            @Nullable Tensor ofClass,
            @Nullable Tensor ofClassGradient) {

        static Table fixed(Workspace work, TokenGrid grid, int width) {
            Tensor table = work.allocate(grid.tokens(), width);
            table.put(Positions.grid(grid.rows(), grid.columns(), width));
            return new Table(table, null, null, null);
        }

        static Table learnt(Workspace work, int leading) {
            Tensor value = work.value(POSITIONS);
            Tensor gradient = work.gradient(POSITIONS);
            int patches = value.rows() - leading;
            return new Table(
                    value.slice(leading * value.columns(), patches, value.columns()),
                    gradient.slice(leading * value.columns(), patches, value.columns()),
                    value.slice(0, 1, value.columns()),
                    gradient.slice(0, 1, value.columns()));
        }
    }

    /** A learnt row before the patches of each image. */
    private static final class ClassToken {
        private final Workspace work;
        private final Tensor value;
        private final Tensor gradient;
        private final Table table;
        /** Rows of the patches, then one of the class token. */
        private final Tensor parts;

        private final Tensor dParts;
        private final Tensor patches;
        private final Tensor dPatches;
        private final Tensor last;
        private final Tensor dLast;
        private final int[] sources;
        private final Tensor joined;

        ClassToken(Workspace work, Table table, int[] places, int images) {
            int rows = places.length;
            int visible = rows / images;
            this.work = work;
            this.table = table;
            this.value = work.value(CLASS_TOKEN);
            this.gradient = work.gradient(CLASS_TOKEN);
            int width = value.columns();
            this.parts = work.allocate(rows + 1, width);
            this.dParts = work.allocate(rows + 1, width);
            this.patches = parts.view(0, rows, 0, width);
            this.dPatches = dParts.view(0, rows, 0, width);
            this.last = parts.view(rows, 1, 0, width);
            this.dLast = dParts.view(rows, 1, 0, width);
            this.joined = work.allocate(rows + images, width);
            this.sources = new int[rows + images];
            for (int i = 0; i < sources.length; i++) {
                int image = i / (visible + 1);
                sources[i] = i % (visible + 1) == 0 ? rows : i - image - 1;
            }
        }

        Tensor forward() {
            work.kernels().copy(value, last);
            if (table.ofClass != null) {
                work.kernels().addScaled(1, table.ofClass, last);
            }
            work.kernels().gatherRows(parts, sources, joined);
            return joined;
        }

        Tensor backward(Tensor d) {
            work.kernels().fill(dParts, 0);
            work.kernels().scatterAddRows(d, sources, dParts);
            work.kernels().addScaled(1, dLast, gradient);
            if (table.ofClassGradient != null) {
                work.kernels().addScaled(1, dLast, table.ofClassGradient);
            }
            return dPatches;
        }
    }
}
