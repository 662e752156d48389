package org.ldae.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ldae.compute.Kernels;
import org.ldae.compute.Tensor;
import org.ldae.compute.Workers;
import org.ldae.core.Rng;
import org.ldae.nn.Denoiser;
import org.ldae.nn.Denoiser.Conditions;
import org.ldae.nn.Denoiser.Pass;
import org.ldae.nn.Denoiser.Signature;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;
import org.ldae.training.AdamW;
import org.ldae.training.GradientDescent;

/** A network trained on one fixed batch, split over the workers as training splits it. */
final class TrainingStep implements AutoCloseable {

    static final double RATE = 1e-4;
    static final AdamW.Options OPTIMISER = AdamW.Options.defaults().withWeightDecay(0.05);

    /** As in training: enough rows for full-speed products, few enough to stay in the second-level cache. */
    private static final int ROWS_A_PASS = 1024;

    private static final Conditions NO_CONDITIONS = Conditions.at();

    private final Parameters parameters;
    private final Tensor input;
    private final Tensor target;
    private final Workers workers;
    private final List<Share> shares = new ArrayList<>();
    private final GradientDescent descent;
    private final double[] losses;
    private final Workers.Task forwardAndBackward = this::forwardAndBackward;
    private long steps;

    TrainingStep(Denoiser net, Signature signature, int batch, Rng rng) {
        int tokens = signature.grid().tokens();
        workers = Workers.forImages(batch);
        losses = new double[workers.count()];
        parameters = net.layout(signature).initialise(rng.stream("weights"));
        input = Numbers.normals("input", batch * tokens, signature.inputs());
        target = Numbers.normals("target", batch * tokens, signature.outputs());
        int count = Math.min(workers.count(), batch);
        for (int w = 0; w < count; w++) {
            Share share = new Share(Workspace.training(workers.kernels(w), parameters));
            shares.add(share);
            int last = (w + 1) * batch / count;
            int most = Math.max(1, ROWS_A_PASS / tokens);
            for (int from = w * batch / count; from < last; from += most) {
                int images = Math.min(most, last - from);
                share.add(net.pass(share.work, signature, images), from * tokens, images * tokens);
            }
        }
        List<Workspace> workspaces = shares.stream().map(share -> share.work).toList();
        descent = new GradientDescent(workers, parameters, workspaces, OPTIMISER, 0);
    }

    Parameters parameters() {
        return parameters;
    }

    Tensor input() {
        return input;
    }

    Tensor target() {
        return target;
    }

    /** Activations of all workers. */
    long workspaceBytes() {
        return shares.stream().mapToLong(share -> share.work.allocatedBytes()).sum();
    }

    /** Activations, values, two moments, and each worker's gradients. */
    long bytes() {
        return workspaceBytes() + 4L * parameters.values().size() * (3 + shares.size());
    }

    /** One step; returns the loss before it. */
    double run() {
        workers.run(forwardAndBackward);
        descent.update(RATE, ++steps, descent.sum());
        double loss = 0;
        for (double part : losses) {
            loss += part;
        }
        return loss;
    }

    /** So many steps; returns the loss before each. */
    double[] run(int count) {
        double[] before = new double[count];
        Arrays.setAll(before, i -> run());
        return before;
    }

    private void forwardAndBackward(int worker) {
        losses[worker] = worker < shares.size() ? shares.get(worker).forwardAndBackward() : 0;
    }

    @Override
    public void close() {
        workers.close();
        shares.forEach(share -> share.work.close());
        descent.close();
        input.close();
        target.close();
        parameters.close();
    }

    /** One worker's images, a few at a time. */
    private final class Share {
        private final Workspace work;
        private final List<Chunk> chunks = new ArrayList<>();
        private final double[] squares = new double[1];

        Share(Workspace work) {
            this.work = work;
        }

        void add(Pass pass, int row, int rows) {
            Tensor mine = input.view(row, rows, 0, input.columns());
            chunks.add(new Chunk(pass, mine, target.view(row, rows, 0, target.columns())));
        }

        double forwardAndBackward() {
            Kernels kernels = work.kernels();
            kernels.fill(work.gradients(), 0);
            double sum = 0;
            for (int i = 0; i < chunks.size(); i++) { // an iterator would be an object a step
                Chunk chunk = chunks.get(i);
                kernels.copy(chunk.input, chunk.pass.input());
                Tensor difference = chunk.pass.forward(NO_CONDITIONS);
                kernels.addScaled(-1, chunk.target, difference);
                kernels.squares(difference, squares);
                sum += squares[0];
                kernels.scale(difference, 2f / target.size());
                chunk.pass.backward(difference);
            }
            return sum / target.size();
        }
    }

    /** Images that go through the network together. */
    private record Chunk(Pass pass, Tensor input, Tensor target) {}
}
