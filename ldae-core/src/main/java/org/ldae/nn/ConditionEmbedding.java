package org.ldae.nn;

import org.jspecify.annotations.Nullable;
import org.ldae.compute.Activation;
import org.ldae.compute.Tensor;
import org.ldae.nn.Denoiser.Conditions;
import org.ldae.nn.Denoiser.Signature;
import org.ldae.nn.Parameters.Init;

/**
 * What a network is told of each image as one vector: sinusoids of the time through an MLP, plus a learnt row for the label,
 * then SiLU (Ho et al. 2020; Peebles and Xie 2023).
 */
public final class ConditionEmbedding {

    private static final String TIME = "time";
    private static final String CLASSES = "classes";

    private final Workspace work;
    private final @Nullable Time time;
    private final @Nullable ClassTable classes;
    private final Tensor raw;
    private final Tensor vector;
    private final Tensor gradient;

    /**
     * Sizes of the embedding.
     *
     * @param waves sines and cosines of the time, even
     * @param width numbers in the vector, and in the MLP's hidden layer
     */
    public record Sizes(int waves, int width) {}

    /**
     * Declares the MLP {@code time} if the network is told the time, and the table {@code classes} if it is told labels.
     *
     * @param layout the network's parameters
     * @param sizes of the embedding
     * @param signature what the network is told
     */
    public static void declare(Parameters.Layout layout, Sizes sizes, Signature signature) {
        int width = sizes.width();
        if (signature.timed()) {
            Mlp.declare(layout, TIME, new Mlp.Sizes(sizes.waves(), width, width), Init.NORMAL);
        }
        if (signature.classes() > 0) {
            // The last row stands for a label that is not told.
            layout.add(CLASSES, signature.classes() + 1, width, Init.NORMAL);
        }
    }

    /**
     * The embedding over declared parameters.
     *
     * @param work workspace
     * @param sizes as declared
     * @param signature as declared
     * @param images n
     */
    public ConditionEmbedding(Workspace work, Sizes sizes, Signature signature, int images) {
        int width = sizes.width();
        this.work = work;
        this.time = signature.timed() ? new Time(work, images, sizes) : null;
        this.classes = signature.classes() > 0 ? new ClassTable(work, images, width) : null;
        this.raw = work.allocate(images, width);
        this.vector = work.allocate(images, width);
        this.gradient = work.allocate(images, width);
    }

    /**
     * The vectors.
     *
     * @return {@code [n, width]}, written by {@link #forward}
     */
    public Tensor vector() {
        return vector;
    }

    /**
     * Where the gradient of the vectors is collected.
     *
     * @return {@code [n, width]}, used up by {@link #backward}
     */
    public Tensor gradient() {
        return gradient;
    }

    /**
     * Forward pass.
     *
     * @param conditions time and label of each of the n images
     */
    public void forward(Conditions conditions) {
        if (time != null) {
            time.forward(conditions.times(), raw);
        } else {
            work.kernels().fill(raw, 0);
        }
        if (classes != null) {
            classes.forward(conditions.labels(), raw);
        }
        work.kernels().activate(Activation.SILU, raw, vector); // [n, width]
    }

    /** Sets the {@link #gradient} to zero, before a backward pass adds to it. */
    public void clearGradient() {
        work.kernels().fill(gradient, 0);
    }

    /** Adds the gradients of the parameters to the workspace's. */
    public void backward() {
        work.kernels().activateBackward(Activation.SILU, raw, gradient);
        if (classes != null) {
            classes.backward(gradient);
        }
        if (time != null) {
            time.backward(gradient);
        }
    }

    /** Sinusoids of the time and their MLP. */
    private static final class Time {
        private final float[] waves;
        private final Tensor embedding;
        private final Mlp mlp;

        Time(Workspace work, int images, Sizes sizes) {
            this.waves = new float[images * sizes.waves()];
            this.embedding = work.allocate(images, sizes.waves());
            this.mlp = new Mlp(work, TIME, Activation.SILU, work.allocate(images, sizes.width()));
        }

        void forward(float[] times, Tensor result) {
            int width = embedding.columns();
            for (int i = 0; i < embedding.rows(); i++) {
                Positions.time(times[i], waves, i * width, width);
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
            this.table = work.value(CLASSES);
            this.gradient = work.gradient(CLASSES);
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
