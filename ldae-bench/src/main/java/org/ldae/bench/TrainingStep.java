package org.ldae.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ldae.compute.Kernels;
import org.ldae.compute.Tensor;
import org.ldae.compute.Workers;
import org.ldae.core.Rng;
import org.ldae.nn.AdamW;
import org.ldae.nn.Denoiser;
import org.ldae.nn.Denoiser.Pass;
import org.ldae.nn.Denoiser.Ports;
import org.ldae.nn.GradientSum;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;

/** A network trained on one fixed batch, split over the workers as training splits it. */
final class TrainingStep implements AutoCloseable {

    /** As in training: enough rows for full-speed products, few enough to stay in the second-level cache. */
    private static final int ROWS_A_PASS = 1024;

    private static final float[] ONE = {1};

    private final Parameters parameters;
    private final Tensor input;
    private final Tensor target;
    private final Workers workers = new Workers();
    private final List<Share> shares = new ArrayList<>();
    private final AdamW optimiser;
    private final GradientSum gradients;
    private final double[] losses = new double[workers.count()];
    private final Workers.Task loss =
            w -> losses[w] = w < shares.size() ? shares.get(w).loss() : 0;
    private final Workers.Task sum = this::sum;
    private final Workers.Task update = this::update;
    private AdamW.Step next = new AdamW.Step(StepTask.RATE, 1);

    TrainingStep(Denoiser net, Ports ports, int batch, Rng rng) {
        int tokens = ports.grid().tokens();
        parameters = net.parameters(ports, rng.stream("weights"));
        input = Numbers.normals("input", batch * tokens, ports.inputs());
        target = Numbers.normals("target", batch * tokens, ports.outputs());
        int count = Math.min(workers.count(), batch);
        for (int w = 0; w < count; w++) {
            Workspace work = Workspace.training(workers.kernels(w), parameters);
            shares.add(new Share(work));
            int last = (w + 1) * batch / count;
            int most = Math.max(1, ROWS_A_PASS / tokens);
            for (int from = w * batch / count; from < last; from += most) {
                int images = Math.min(most, last - from);
                shares.get(w).add(net.pass(work, ports, images), from * tokens, images * tokens);
            }
        }
        optimiser = new AdamW(parameters, shares.get(0).work.gradients(), StepTask.OPTIMISER);
        gradients = new GradientSum(
                optimiser, shares.stream().map(share -> share.work).toList());
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

    /** One step; returns the loss before it. */
    double run() {
        workers.run(loss);
        workers.run(sum);
        optimiser.decay(workers.kernels(0), next.rate());
        workers.run(update);
        next = new AdamW.Step(next.rate(), next.number() + 1);
        return Arrays.stream(losses).sum();
    }

    private void sum(int worker) {
        for (int part = worker; part < optimiser.parts(); part += workers.count()) {
            gradients.add(workers.kernels(worker), part);
        }
    }

    private void update(int worker) {
        for (int part = worker; part < optimiser.parts(); part += workers.count()) {
            optimiser.update(workers.kernels(worker), part, next);
        }
    }

    @Override
    public void close() {
        workers.close();
        shares.forEach(share -> share.work.close());
        optimiser.close();
        input.close();
        target.close();
        parameters.close();
    }

    /** One worker's images, a few at a time. */
    private final class Share {
        private final Workspace work;
        private final List<Chunk> chunks = new ArrayList<>();

        Share(Workspace work) {
            this.work = work;
        }

        void add(Pass pass, int row, int rows) {
            chunks.add(new Chunk(
                    pass, input.view(row, rows, 0, input.columns()), target.view(row, rows, 0, target.columns())));
        }

        double loss() {
            Kernels kernels = work.kernels();
            kernels.fill(work.gradients(), 0);
            double sum = 0;
            for (Chunk chunk : chunks) {
                kernels.copy(chunk.input, chunk.pass.input());
                Tensor difference = chunk.pass.forward(NO_TIMES);
                kernels.addScaled(-1, chunk.target, difference);
                sum += kernels.weightedSquares(difference, ONE);
                kernels.scale(difference, 2f / target.size());
                chunk.pass.backward(difference);
            }
            return sum / target.size();
        }
    }

    private static final float[] NO_TIMES = {};

    /** Images that go through the network together. */
    private record Chunk(Pass pass, Tensor input, Tensor target) {}
}
