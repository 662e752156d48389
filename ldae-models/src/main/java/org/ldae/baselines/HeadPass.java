package org.ldae.baselines;

import java.util.ArrayList;
import java.util.List;
import org.ldae.compute.Activation;
import org.ldae.compute.Tensor;
import org.ldae.nn.Linear;
import org.ldae.nn.Norm;
import org.ldae.nn.Workspace;

/** The layers of a {@link ProjectionHead} and their scratch memory for some rows; belongs to one thread. */
final class HeadPass {

    private final Workspace work;
    private final List<Hidden> hidden = new ArrayList<>();
    private final Linear last;
    private final Tensor output;
    private final Tensor dHidden;
    private final Tensor dActive;

    /** A linear layer, its norm and what the two and the non-linearity make. */
    private record Hidden(Linear linear, Norm norm, Tensor product, Tensor normed, Tensor active) {}

    HeadPass(ProjectionHead head, Workspace work, String name, int rows) {
        this.work = work;
        for (int i = 0; i < head.layers() - 1; i++) {
            hidden.add(new Hidden(
                    new Linear(work, ProjectionHead.linear(name, i)),
                    Norm.affine(work, ProjectionHead.norm(name, i), rows),
                    work.allocate(rows, head.hidden()),
                    work.allocate(rows, head.hidden()),
                    work.allocate(rows, head.hidden())));
        }
        this.last = new Linear(work, ProjectionHead.linear(name, head.layers() - 1));
        this.output = work.allocate(rows, head.outputs());
        this.dHidden = work.allocate(rows, head.hidden());
        this.dActive = work.allocate(rows, head.hidden());
    }

    /** {@code [rows, inputs] -> [rows, outputs]}. */
    void forward(Tensor x) {
        Tensor in = x;
        for (Hidden each : hidden) {
            each.linear.forward(in, each.product);
            each.norm.forward(each.product, each.normed);
            work.kernels().activate(Activation.RELU, each.normed, each.active);
            in = each.active;
        }
        last.forward(in, output);
    }

    Tensor output() {
        return output;
    }

    /** Adds to the gradients of the parameters; overwrites that of the input. */
    void backward(Tensor x, Tensor dy, Tensor dx) {
        Linear above = last;
        Tensor d = dy;
        for (int i = hidden.size() - 1; i >= 0; i--) {
            Hidden each = hidden.get(i);
            above.backward(each.active, d, dActive);
            work.kernels().activateBackward(Activation.RELU, each.normed, dActive);
            work.kernels().fill(dHidden, 0);
            each.norm.backward(each.product, dActive, dHidden);
            above = each.linear;
            d = dHidden;
        }
        above.backward(x, d, dx);
    }
}
