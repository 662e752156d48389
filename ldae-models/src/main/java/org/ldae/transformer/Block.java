package org.ldae.transformer;

import org.jspecify.annotations.Nullable;
import org.ldae.compute.Kernels.Affine;
import org.ldae.compute.Tensor;
import org.ldae.nn.Attention;
import org.ldae.nn.Linear;
import org.ldae.nn.Mlp;
import org.ldae.nn.Norm;
import org.ldae.nn.Parameters;
import org.ldae.nn.Parameters.Init;
import org.ldae.nn.Workspace;

/**
 * One transformer block: {@code x += gate * attention(norm(x)); x += gate * mlp(norm(x))}, with shift, scale and gate from
 * adaLN-Zero, or a plain pre-norm block without gates.
 */
final class Block {

    private final Workspace work;
    private final Norm firstNorm;
    private final Norm secondNorm;
    private final Attention attention;
    private final Mlp mlp;
    private final Scratch scratch;
    private final Tensor firstNormed;
    private final Tensor secondNormed;
    private final Tensor middle;
    private final @Nullable Modulation modulation;

    /** Memory that blocks share while they run backward. */
    record Scratch(Tensor dNormed, Tensor dBranch, Tensor dHidden, Attention.Scratch attention) {
        static Scratch allocate(Workspace work, VisionTransformer net, int rows) {
            return new Scratch(
                    work.allocate(rows, net.width()),
                    work.allocate(rows, net.width()),
                    work.allocate(rows, net.hiddenWidth()),
                    new Attention.Scratch(work.allocate(rows, 3 * net.width()), work.allocate(rows, net.width())));
        }
    }

    static void declare(Parameters.Layout layout, String name, VisionTransformer net, boolean conditioned) {
        int width = net.width();
        if (conditioned) {
            // adaLN-Zero: every block starts as the identity.
            Linear.declare(layout, name + ".modulation", new Linear.Sides(net.conditionWidth(), 6 * width), Init.ZEROS);
        } else {
            Norm.declare(layout, name + ".norm1", width);
            Norm.declare(layout, name + ".norm2", width);
        }
        Attention.declare(layout, name + ".attention", width);
        Mlp.declare(layout, name + ".mlp", new Mlp.Sizes(width, net.hiddenWidth(), width), Init.XAVIER_UNIFORM);
    }

    Block(
            Workspace work,
            String name,
            VisionTransformer net,
            int tokens,
            Scratch scratch,
            @Nullable Condition condition) {
        int rows = scratch.dNormed().rows();
        int width = net.width();
        double epsilon = net.form().epsilon();
        this.work = work;
        this.scratch = scratch;
        this.modulation = condition == null ? null : new Modulation(work, name, width, condition);
        this.firstNorm = modulation == null
                ? Norm.affine(work, name + ".norm1", rows).withEpsilon(epsilon)
                : Norm.modulated(work, rows, modulation.affine(0), modulation.affineGradient(0))
                        .withEpsilon(epsilon);
        this.secondNorm = modulation == null
                ? Norm.affine(work, name + ".norm2", rows).withEpsilon(epsilon)
                : Norm.modulated(work, rows, modulation.affine(3), modulation.affineGradient(3))
                        .withEpsilon(epsilon);
        this.attention = new Attention(work, name + ".attention", net.attentionSizes(tokens), scratch.attention());
        this.mlp = new Mlp(work, name + ".mlp", net.form().activation(), scratch.dHidden());
        this.firstNormed = work.allocate(rows, width);
        this.secondNormed = work.allocate(rows, width);
        this.middle = work.allocate(rows, width);
    }

    /** {@code [n L, M] -> [n L, M]}. */
    void forward(Tensor x, Tensor y) {
        if (modulation != null) {
            modulation.forward();
        }
        firstNorm.forward(x, firstNormed);
        if (modulation == null) {
            attention.forward(firstNormed, x, middle);
        } else {
            attention.forward(firstNormed, modulation.attentionBranch);
            work.kernels().gate(x, modulation.attentionBranch, modulation.part(2), middle);
        }
        secondNorm.forward(middle, secondNormed);
        if (modulation == null) {
            mlp.forward(secondNormed, middle, y);
        } else {
            mlp.forward(secondNormed, modulation.mlpBranch);
            work.kernels().gate(middle, modulation.mlpBranch, modulation.part(5), y);
        }
    }

    /** Turns the gradient of the output into that of the input x, in place. */
    void backward(Tensor x, Tensor d) {
        Tensor branch = d;
        if (modulation != null) {
            modulation.clearGradients();
            branch = scratch.dBranch();
            work.kernels()
                    .gateBackward(d, modulation.mlpBranch, modulation.part(5), branch, modulation.partGradient(5));
        }
        mlp.backward(secondNormed, branch, scratch.dNormed());
        secondNorm.backward(middle, scratch.dNormed(), d);
        if (modulation != null) {
            work.kernels()
                    .gateBackward(
                            d, modulation.attentionBranch, modulation.part(2), branch, modulation.partGradient(2));
        }
        attention.backward(firstNormed, branch, scratch.dNormed());
        firstNorm.backward(x, scratch.dNormed(), d);
        if (modulation != null) {
            modulation.backward();
        }
    }

    /** The conditioning vector of each image after SiLU, where its gradient is collected, and the rows n L of a pass. */
    record Condition(Tensor vector, Tensor gradient, int rows) {}

    /** Shift, scale and gate for attention, then for the MLP: six parts of a product with the conditioning vector. */
    private static final class Modulation {
        private final Workspace work;
        private final Linear linear;
        private final Condition condition;
        private final Tensor values;
        private final Tensor gradients;
        private final Tensor[] parts = new Tensor[6];
        private final Tensor[] partGradients = new Tensor[6];
        private final Tensor attentionBranch;
        private final Tensor mlpBranch;

        Modulation(Workspace work, String name, int width, Condition condition) {
            this.work = work;
            this.linear = new Linear(work, name + ".modulation");
            this.condition = condition;
            int images = condition.vector().rows();
            this.values = work.allocate(images, 6 * width);
            this.gradients = work.allocate(images, 6 * width);
            for (int i = 0; i < 6; i++) {
                parts[i] = values.columns(i * width, width);
                partGradients[i] = gradients.columns(i * width, width);
            }
            this.attentionBranch = work.allocate(condition.rows(), width);
            this.mlpBranch = work.allocate(condition.rows(), width);
        }

        Tensor part(int index) {
            return parts[index];
        }

        Tensor partGradient(int index) {
            return partGradients[index];
        }

        Affine affine(int first) {
            return new Affine(parts[first + 1], parts[first]);
        }

        Affine affineGradient(int first) {
            return new Affine(partGradients[first + 1], partGradients[first]);
        }

        void forward() {
            linear.forward(condition.vector(), values);
        }

        void clearGradients() {
            work.kernels().fill(gradients, 0);
        }

        void backward() {
            linear.backward(condition.vector(), gradients, condition.gradient(), 1);
        }
    }
}
