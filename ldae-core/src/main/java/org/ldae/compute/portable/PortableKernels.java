package org.ldae.compute.portable;

import org.jspecify.annotations.Nullable;
import org.ldae.compute.Activation;
import org.ldae.compute.AdamStep;
import org.ldae.compute.ImageKernels;
import org.ldae.compute.Kernels;
import org.ldae.compute.Tensor;
import org.nd4j.linalg.api.blas.params.MMulTranspose;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.reduce.Mmul;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Erf;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Kernels made of ND4J operations only: they run on every backend, never touch host memory, and are the reference the
 * CPU kernels are tested against. They allocate.
 */
final class PortableKernels implements Kernels {

    @Override
    public void gemm(Transpose transpose, Tensor a, Tensor b, float beta, Tensor c) {
        INDArray left = transpose == Transpose.FIRST ? a.array().transpose() : a.array();
        INDArray right = transpose == Transpose.SECOND ? b.array().transpose() : b.array();
        Nd4j.exec(new Mmul(left, right, c.array(), 1, beta, MMulTranspose.allFalse()));
    }

    @Override
    public void linearGradient(Tensor x, Tensor dy, Tensor dWeight, Tensor dBias) {
        addColumnSums(dy, dBias);
        gemm(Transpose.FIRST, dy, x, 1, dWeight);
    }

    @Override
    public void copy(Tensor from, Tensor to) {
        to.array().assign(from.array());
    }

    @Override
    public void fill(Tensor x, float value) {
        x.array().assign(value);
    }

    @Override
    public void addScaled(float factor, Tensor x, Tensor y) {
        y.array().addi(x.array().mul(factor));
    }

    @Override
    public void scale(Tensor y, float factor) {
        y.array().muli(factor);
    }

    @Override
    public void tile(Tensor tile, Tensor x) {
        x.array().assign(0);
        addTile(x, tile, x);
    }

    @Override
    public void addTile(Tensor x, Tensor tile, Tensor y) {
        INDArray images = x.array().reshape('c', x.rows() / tile.rows(), tile.rows(), x.columns());
        INDArray result = images.add(tile.array().reshape('c', 1, tile.rows(), tile.columns()));
        y.array().assign(result.reshape('c', x.rows(), x.columns()));
    }

    @Override
    public void gatherRows(Tensor from, int[] rows, Tensor to) {
        to.array().assign(Nd4j.pullRows(from.array(), 1, rows));
    }

    @Override
    public void scatterAddRows(Tensor from, int[] rows, Tensor to) {
        for (int r = 0; r < rows.length; r++) {
            to.array().getRow(rows[r]).addi(from.array().getRow(r));
        }
    }

    @Override
    public void addColumnSums(Tensor x, Tensor row) {
        row.array().addi(x.array().sum(true, 0));
    }

    @Override
    public void layerNorm(LayerNorm norm, Tensor y) {
        INDArray x = norm.x().array();
        INDArray mean = x.mean(true, 1);
        INDArray centred = x.subColumnVector(mean);
        INDArray variance = centred.mul(centred).mean(true, 1);
        INDArray inverse = Transforms.sqrt(variance.addi(norm.epsilon()), true).rdivi(1);
        norm.moments().columns(0, 1).array().assign(mean);
        norm.moments().columns(1, 1).array().assign(inverse);
        INDArray scale = perGroup(norm.affine().scale()).add(norm.base());
        INDArray result =
                grouped(centred.muliColumnVector(inverse), norm.groups()).mul(scale);
        y.array().assign(flat(result.addi(broadcast(norm.affine().shift(), y)), y));
    }

    @Override
    public void layerNormBackward(LayerNorm norm, Tensor dy, Affine gradients, Tensor dx) {
        INDArray inverse = norm.moments().columns(1, 1).array();
        INDArray mean = norm.moments().columns(0, 1).array();
        INDArray n = norm.x().array().subColumnVector(mean).muliColumnVector(inverse);
        INDArray given = grouped(dy, norm.groups());
        gradients.shift().array().addi(given.sum(1));
        gradients.scale().array().addi(given.mul(grouped(n, norm.groups())).sum(1));
        INDArray d = flat(given.mul(perGroup(norm.affine().scale()).add(norm.base())), dy);
        INDArray projected = n.mulColumnVector(d.mul(n).mean(true, 1));
        INDArray result = d.subColumnVector(d.mean(true, 1)).subi(projected);
        dx.array().addi(result.muliColumnVector(inverse));
    }

    @Override
    public void gate(Tensor x, Tensor branch, Tensor gate, Tensor y) {
        INDArray result = grouped(branch, gate.rows()).mul(perGroup(gate));
        y.array().assign(x.array().add(flat(result, branch)));
    }

    @Override
    public void gateBackward(Tensor dy, Tensor branch, Tensor gate, Tensor dBranch, Tensor dGate) {
        INDArray d = grouped(dy, gate.rows());
        dGate.array().addi(d.mul(grouped(branch, gate.rows())).sum(1));
        dBranch.array().assign(flat(d.mul(perGroup(gate)), dy));
    }

    @Override
    public void activate(Activation f, Tensor x, Tensor y) {
        y.array().assign(value(f, x.array()));
    }

    private static INDArray value(Activation f, INDArray in) {
        return switch (f) {
            case RELU -> Transforms.max(in, 0, true);
            case LEAKY_RELU -> Transforms.max(in, in.mul(0.2), true);
            case SILU -> in.mul(sigmoid(in));
            case GELU_TANH -> in.mul(tanhTerm(in).add(1)).muli(0.5);
            case GELU_ERF -> in.mul(erfTerm(in).add(1)).muli(0.5);
        };
    }

    @Override
    public void activate(Activation f, Biased input, Tensor y, @Nullable Tensor slope) {
        INDArray x = input.x().array().addRowVector(input.bias().array());
        y.array().assign(value(f, x));
        if (slope != null) {
            slope.array().assign(slope(f, x));
        }
    }

    @Override
    public void multiply(Tensor x, Tensor y) {
        y.array().muli(x.array());
    }

    @Override
    public void activateBackward(Activation f, Tensor x, Tensor d) {
        d.array().muli(slope(f, x.array()));
    }

    private static INDArray slope(Activation f, INDArray in) {
        return switch (f) {
            case RELU -> in.gt(0).castTo(DataType.FLOAT);
            case LEAKY_RELU -> in.gt(0).castTo(DataType.FLOAT).muli(0.8).addi(0.2);
            case SILU -> {
                INDArray s = sigmoid(in);
                yield s.add(s.mul(in).muli(s.rsub(1)));
            }
            case GELU_TANH -> {
                INDArray t = tanhTerm(in);
                INDArray inner = in.mul(in).muli(3 * 0.044715).addi(1).muli(Math.sqrt(2 / Math.PI));
                yield t.add(1).addi(t.mul(t).rsubi(1).muli(in).muli(inner)).muli(0.5);
            }
            case GELU_ERF -> {
                INDArray density = Transforms.exp(in.mul(in).muli(-0.5), true).muli(1 / Math.sqrt(2 * Math.PI));
                yield erfTerm(in).add(1).muli(0.5).addi(in.mul(density));
            }
        };
    }

    @Override
    public void attention(Qkv qkv, Tensor probabilities, Tensor y) {
        INDArray q = heads(qkv, qkv.query());
        INDArray scores = Nd4j.matmul(
                        q, heads(qkv, qkv.key()).permute(0, 1, 3, 2).dup('c'))
                .muli(qkv.factor());
        INDArray p = Transforms.exp(scores.sub(scores.max(true, 3)), true);
        p.divi(p.sum(true, 3));
        probabilities.array().assign(p.reshape('c', probabilities.rows(), probabilities.columns()));
        y.array().assign(merged(Nd4j.matmul(p, heads(qkv, qkv.value())), qkv));
    }

    @Override
    public void attentionBackward(Qkv qkv, Tensor probabilities, Tensor dy, Qkv dQkv) {
        int l = qkv.tokens();
        INDArray p = probabilities.array().reshape('c', qkv.images(), qkv.heads(), l, l);
        INDArray d = heads(qkv, dy);
        INDArray dp = Nd4j.matmul(d, heads(qkv, qkv.value()).permute(0, 1, 3, 2).dup('c'));
        INDArray ds = dp.sub(dp.mul(p).sum(true, 3)).muli(p).muli(qkv.factor());
        dQkv.value().array().assign(merged(Nd4j.matmul(p.permute(0, 1, 3, 2).dup('c'), d), qkv));
        dQkv.query().array().assign(merged(Nd4j.matmul(ds, heads(qkv, qkv.key())), qkv));
        INDArray transposed = ds.permute(0, 1, 3, 2).dup('c');
        dQkv.key().array().assign(merged(Nd4j.matmul(transposed, heads(qkv, qkv.query())), qkv));
    }

    @Override
    public void scaleRows(Tensor x, float[] weights) {
        INDArray w = Nd4j.createFromArray(weights).reshape('c', weights.length, 1);
        INDArray groups = x.array().reshape('c', weights.length, x.size() / weights.length);
        x.array().assign(groups.mulColumnVector(w).reshape('c', x.rows(), x.columns()));
    }

    @Override
    public void squares(Tensor x, double[] sums) {
        INDArray squares = x.array().castTo(DataType.DOUBLE);
        squares.muli(squares);
        INDArray perGroup =
                squares.reshape('c', sums.length, x.size() / sums.length).sum(1);
        System.arraycopy(perGroup.data().asDouble(), 0, sums, 0, sums.length);
    }

    @Override
    public double sum(Tensor[] terms) {
        if (terms.length > 1) {
            terms[0].array().assign(total(terms, 0, terms.length));
        }
        double[] squares = new double[1];
        squares(terms[0], squares);
        return squares[0];
    }

    /** Terms [from, to) added as a tree. */
    private static INDArray total(Tensor[] terms, int from, int to) {
        if (to - from == 1) {
            return terms[from].array();
        }
        int middle = from + Integer.highestOneBit(to - from - 1);
        return total(terms, from, middle).add(total(terms, middle, to));
    }

    @Override
    public void adamw(AdamStep step, AdamState state) {
        INDArray g = state.gradient().array().mul(step.clip());
        INDArray m = state.first().array().muli(step.beta1()).addi(g.mul(step.rest1()));
        INDArray v = state.second().array().muli(step.beta2()).addi(g.mul(g).muli(step.rest2()));
        INDArray root = Transforms.sqrt(v.mul(step.correction2()), false).addi(step.epsilon());
        INDArray value = state.value().array();
        if (state.decayed()) {
            value.muli(step.shrink(state.rateFactor()));
        }
        value.subi(m.mul(step.rate(state.rateFactor())).divi(root));
        if (state.average() != null) {
            state.average().array().muli(step.averageDecay()).addi(value.mul(step.averageRest()));
        }
    }

    @Override
    public ImageKernels images() {
        return new PortableImageKernels(this);
    }

    private static INDArray grouped(Tensor x, int groups) {
        return grouped(x.array(), groups);
    }

    private static INDArray grouped(INDArray x, int groups) {
        return x.reshape('c', groups, x.rows() / groups, x.columns());
    }

    private static INDArray perGroup(Tensor perGroup) {
        return perGroup.array().dup('c').reshape('c', perGroup.rows(), 1, perGroup.columns());
    }

    private static INDArray broadcast(Tensor perGroup, Tensor like) {
        int k = like.rows() / perGroup.rows();
        return perGroup(perGroup)
                .broadcast(Nd4j.createUninitialized(
                        DataType.FLOAT, new long[] {perGroup.rows(), k, perGroup.columns()}, 'c'));
    }

    private static INDArray flat(INDArray grouped, Tensor like) {
        return grouped.reshape('c', like.rows(), like.columns());
    }

    /** {@code [n * L, M]} as {@code [n, heads, L, M / heads]}, copied. */
    private static INDArray heads(Qkv shape, Tensor x) {
        return x.array()
                .dup('c')
                .reshape('c', shape.images(), shape.tokens(), shape.heads(), shape.headWidth())
                .permute(0, 2, 1, 3)
                .dup('c');
    }

    private static INDArray merged(INDArray perHead, Qkv shape) {
        long width = (long) shape.heads() * shape.headWidth();
        return perHead.permute(0, 2, 1, 3).dup('c').reshape('c', (long) shape.images() * shape.tokens(), width);
    }

    private static INDArray sigmoid(INDArray x) {
        return Transforms.exp(x.neg(), true).addi(1).rdivi(1);
    }

    private static INDArray tanhTerm(INDArray x) {
        INDArray cubic = x.mul(x).muli(0.044715).addi(1).muli(x).muli(Math.sqrt(2 / Math.PI));
        return Transforms.tanh(cubic, false);
    }

    private static INDArray erfTerm(INDArray x) {
        INDArray argument = x.mul(1 / Math.sqrt(2));
        return Nd4j.getExecutioner().exec(new Erf(argument, argument));
    }
}
