package org.ldae.compute;

import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;
import org.ldae.compute.Kernels.AdamState;
import org.ldae.compute.Kernels.Affine;
import org.ldae.compute.Kernels.Biased;
import org.ldae.compute.Kernels.LayerNorm;
import org.ldae.compute.Kernels.Qkv;

/** Operands of {@link SharedKernels} that are more than a matrix, cut for each worker and kept as {@link Parts} are. */
final class SharedOperands {

    private final Parts parts;
    private final int count;
    private final Map<Tensor, Known<Biased>> biased = new WeakHashMap<>();
    private final Map<Tensor, Known<LayerNorm>> norms = new WeakHashMap<>();
    private final Map<Tensor, Known<Affine>> affines = new WeakHashMap<>();
    private final Map<Tensor, Tensor[]> sums = new WeakHashMap<>();
    private final Map<Tensor, Known<Qkv>> qkvs = new WeakHashMap<>();
    private final Map<Tensor, Known<AdamState>> states = new WeakHashMap<>();
    private final Map<Tensor[], Tensor[][]> terms = new WeakHashMap<>();

    /** An operand and its parts. */
    private static final class Known<T> {
        private final T whole;
        private final T[] parts;

        Known(T whole, T[] parts) {
            this.whole = whole;
            this.parts = parts;
        }
    }

    /** Looks up by a matrix and compares identities: hashing a record of several numbers may allocate. */
    @SuppressWarnings("ReferenceEquality")
    private static <T> T @Nullable [] find(Map<Tensor, Known<T>> all, Tensor key, T whole) {
        Known<T> known = all.get(key);
        return known == null || known.whole != whole ? null : known.parts;
    }

    SharedOperands(Parts parts, int count) {
        this.parts = parts;
        this.count = count;
    }

    Biased[] parts(Biased input) {
        Biased[] known = find(biased, input.x(), input);
        if (known == null) {
            Tensor[] x = parts.rows(input.x(), input.x().rows());
            Tensor[] bias = parts.whole(input.bias());
            known = new Biased[count];
            for (int w = 0; w < count; w++) {
                known[w] = new Biased(x[w], bias[w]);
            }
            biased.put(input.x(), new Known<>(input, known));
        }
        return known;
    }

    /** Rows are cut anywhere if all belong to one group, else between groups. */
    int units(LayerNorm norm) {
        return norm.groups() == 1 ? norm.x().rows() : norm.groups();
    }

    /** As for a normalisation, by the number of gates. */
    int units(Tensor gate, Tensor rows) {
        return gate.rows() == 1 ? rows.rows() : gate.rows();
    }

    /** What goes with the rows of each worker: all of one group, or its groups. */
    Tensor[] perGroup(Tensor groups) {
        return groups.rows() == 1 ? parts.whole(groups) : parts.rows(groups, groups.rows());
    }

    LayerNorm[] parts(LayerNorm norm) {
        LayerNorm[] known = find(norms, norm.moments(), norm);
        if (known == null) {
            Tensor[] x = parts.rows(norm.x(), units(norm));
            Tensor[] moments = parts.rows(norm.moments(), units(norm));
            Tensor[] scale = perGroup(norm.affine().scale());
            Tensor[] shift = perGroup(norm.affine().shift());
            known = new LayerNorm[count];
            for (int w = 0; w < count; w++) {
                Affine affine = new Affine(scale[w], shift[w]);
                known[w] = new LayerNorm(x[w], moments[w], affine, norm.base(), norm.epsilon());
            }
            norms.put(norm.moments(), new Known<>(norm, known));
        }
        return known;
    }

    /** Where each worker adds its sums over rows: to its groups; of one group the first to the target, others beside it. */
    Tensor[] sums(Tensor target) {
        if (target.rows() > 1) {
            return parts.rows(target, target.rows());
        }
        Tensor[] known = sums.get(target);
        if (known == null) {
            known = parts.whole(target).clone();
            for (int w = 1; w < count; w++) {
                known[w] = Tensor.zeros(1, target.columns());
            }
            sums.put(target, known);
        }
        return known;
    }

    /** Before the others' parts: clears what lies beside the target. */
    void clear(Kernels kernels, Tensor target) {
        Tensor[] all = sums(target);
        for (int w = 1; w < count && target.rows() == 1; w++) {
            kernels.fill(all[w], 0);
        }
    }

    /** After them: adds what lies beside the target, in the order of workers. */
    void collect(Kernels kernels, Tensor target) {
        Tensor[] all = sums(target);
        for (int w = 1; w < count && target.rows() == 1; w++) {
            kernels.addScaled(1, all[w], target);
        }
    }

    Affine[] affine(Affine gradients) {
        Affine[] known = find(affines, gradients.scale(), gradients);
        if (known == null) {
            Tensor[] scale = sums(gradients.scale());
            Tensor[] shift = sums(gradients.shift());
            known = new Affine[count];
            for (int w = 0; w < count; w++) {
                known[w] = new Affine(scale[w], shift[w]);
            }
            affines.put(gradients.scale(), new Known<>(gradients, known));
        }
        return known;
    }

    Qkv[] parts(Qkv of) {
        Qkv[] known = find(qkvs, of.query(), of);
        if (known == null) {
            Tensor[] query = tokens(of, of.query());
            Tensor[] key = tokens(of, of.key());
            Tensor[] value = tokens(of, of.value());
            known = new Qkv[count];
            for (int w = 0; w < count; w++) {
                int heads = of.images() > 1 ? of.heads() : parts.first(w + 1, of.heads()) - parts.first(w, of.heads());
                known[w] = new Qkv(query[w], key[w], value[w], of.tokens(), heads);
            }
            qkvs.put(of.query(), new Known<>(of, known));
        }
        return known;
    }

    /** A matrix {@code [n L, M]} beside queries: columns of heads of one image, rows of several. */
    Tensor[] tokens(Qkv of, Tensor x) {
        return of.images() > 1 ? parts.rows(x, of.images()) : parts.columns(x, of.heads());
    }

    /** Probabilities {@code [n heads L, L]}. */
    Tensor[] blocks(Qkv of, Tensor probabilities) {
        return parts.rows(probabilities, of.images() > 1 ? of.images() : of.heads());
    }

    AdamState[] parts(AdamState state) {
        AdamState[] known = find(states, state.value(), state);
        if (known == null) {
            Tensor[] value = rows(state.value());
            Tensor[] gradient = rows(state.gradient());
            Tensor[] first = rows(state.first());
            Tensor[] second = rows(state.second());
            @Nullable Tensor average = state.average();
            Tensor[] averages = average == null ? new Tensor[count] : rows(average);
            known = new AdamState[count];
            for (int w = 0; w < count; w++) {
                known[w] = new AdamState(
                        value[w], gradient[w], first[w], second[w], averages[w], state.decayed(), state.rateFactor());
            }
            states.put(state.value(), new Known<>(state, known));
        }
        return known;
    }

    Tensor[][] parts(Tensor[] of) {
        Tensor[][] known = terms.get(of);
        if (known == null) {
            known = new Tensor[count][of.length];
            for (int t = 0; t < of.length; t++) {
                Tensor[] cut = rows(of[t]);
                for (int w = 0; w < count; w++) {
                    known[w][t] = cut[w];
                }
            }
            terms.put(of, known);
        }
        return known;
    }

    private Tensor[] rows(Tensor x) {
        return parts.rows(x, x.rows());
    }
}
