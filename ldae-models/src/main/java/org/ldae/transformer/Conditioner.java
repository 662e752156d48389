package org.ldae.transformer;

import org.jspecify.annotations.Nullable;
import org.ldae.compute.Activation;
import org.ldae.compute.Kernels.Affine;
import org.ldae.compute.Tensor;
import org.ldae.nn.Denoiser.Conditions;
import org.ldae.nn.Denoiser.Signature;
import org.ldae.nn.Linear;
import org.ldae.nn.Mlp;
import org.ldae.nn.Norm;
import org.ldae.nn.Parameters;
import org.ldae.nn.Parameters.Init;
import org.ldae.nn.Positions;
import org.ldae.nn.Workspace;

/**
 * What blocks are conditioned on: the time's sinusoids through an MLP plus the label's embedding, then SiLU; and the
 * modulation of the last norm (DiT).
 */
final class Conditioner {

    /** Width of the sinusoidal time embedding, as DiT's. */
    static final int TIME_WIDTH = 256;

    private final Workspace work;
    private final @Nullable Time time;
    private final @Nullable ClassTable classes;
    private final Tensor raw;
    private final Block.Condition condition;
    private final Linear modulation;
    private final Tensor values;
    private final Tensor gradients;
    private final Norm lastNorm;

    static void declare(Parameters.Layout layout, VisionTransformer net, Signature signature) {
        int c = net.conditionWidth();
        if (signature.timed()) {
            Mlp.declare(layout, "time", new Mlp.Sizes(TIME_WIDTH, c, c), Init.NORMAL);
        }
        if (signature.classes() > 0) {
            // The last row stands for a label that is not told.
            layout.add("classes", signature.classes() + 1, c, Init.NORMAL);
        }
    }

    Conditioner(VisionTransformer net, Workspace work, Signature signature, int images) {
        int c = net.conditionWidth();
        int width = net.width();
        int rows = images * signature.grid().tokens();
        this.work = work;
        this.time = signature.timed() ? new Time(work, images, c) : null;
        this.classes = signature.classes() > 0 ? new ClassTable(work, images, c) : null;
        this.raw = work.allocate(images, c);
        this.condition = new Block.Condition(work.allocate(images, c), work.allocate(images, c), rows);
        this.modulation = new Linear(work, "modulation");
        this.values = work.allocate(images, 2 * width);
        this.gradients = work.allocate(images, 2 * width);
        this.lastNorm = Norm.modulated(
                work,
                rows,
                new Affine(values.columns(width, width), values.columns(0, width)),
                new Affine(gradients.columns(width, width), gradients.columns(0, width)));
    }

    Block.Condition condition() {
        return condition;
    }

    Norm lastNorm() {
        return lastNorm;
    }

    void forward(Conditions conditions) {
        if (time != null) {
            time.forward(conditions.times(), raw);
        } else {
            work.kernels().fill(raw, 0);
        }
        if (classes != null) {
            classes.forward(conditions.labels(), raw);
        }
        work.kernels().activate(Activation.SILU, raw, condition.vector()); // [n, C]
    }

    void lastForward() {
        modulation.forward(condition.vector(), values); // [n, 2 M]
    }

    void clearGradients() {
        work.kernels().fill(gradients, 0);
        work.kernels().fill(condition.gradient(), 0);
    }

    void lastBackward() {
        modulation.backward(condition.vector(), gradients, condition.gradient(), 1);
    }

    void backward() {
        work.kernels().activateBackward(Activation.SILU, raw, condition.gradient());
        if (classes != null) {
            classes.backward(condition.gradient());
        }
        if (time != null) {
            time.backward(condition.gradient());
        }
    }

    /** Sinusoids of the time and their MLP. */
    private static final class Time {
        private final float[] waves;
        private final Tensor embedding;
        private final Mlp mlp;

        Time(Workspace work, int images, int width) {
            this.waves = new float[images * TIME_WIDTH];
            this.embedding = work.allocate(images, TIME_WIDTH);
            this.mlp = new Mlp(work, "time", Activation.SILU, work.allocate(images, width));
        }

        void forward(float[] times, Tensor result) {
            for (int i = 0; i < embedding.rows(); i++) {
                Positions.time(times[i], waves, i * TIME_WIDTH, TIME_WIDTH);
            }
            embedding.put(waves);
            mlp.forward(embedding, result);
        }

        void backward(Tensor d) {
            mlp.backward(embedding, d, null);
        }
    }

    /** A learnt row for each class, and one for none. */
    private static final class ClassTable {
        private final Workspace work;
        private final Tensor table;
        private final Tensor gradient;
        private final Tensor told;
        private final int[] rows;

        ClassTable(Workspace work, int images, int width) {
            this.work = work;
            this.table = work.value("classes");
            this.gradient = work.gradient("classes");
            this.told = work.allocate(images, width);
            this.rows = new int[images];
        }

        void forward(int[] labels, Tensor raw) {
            for (int i = 0; i < rows.length; i++) {
                rows[i] = labels[i] == Conditions.NO_LABEL ? table.rows() - 1 : labels[i];
            }
            work.kernels().gatherRows(table, rows, told);
            work.kernels().addScaled(1, told, raw);
        }

        void backward(Tensor d) {
            work.kernels().scatterAddRows(d, rows, gradient);
        }
    }
}
