package org.ldae.training;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ldae.compute.Tensor;
import org.ldae.compute.Workers;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;

/**
 * What follows the backward passes of a step: the gradients of all workspaces are summed, clipped and applied by
 * {@link AdamW}, in parts that the workers share.
 */
public final class GradientDescent implements AutoCloseable {

    private final Workers workers;
    private final Parameters parameters;
    private final AdamW optimiser;
    private final double clipNorm;
    /** For each part of the parameters, that part of every workspace's gradients. */
    private final List<Tensor[]> gradients = new ArrayList<>();

    private final double[] squares;
    private final Workers.Task sumParts = this::sumParts;
    private final Workers.Task updateParts = this::updateParts;
    private final GradientExchange exchange;
    /** A part's numbers on their way between processes. */
    private final float[] sent;

    private double averageDecay;
    private @Nullable Tensor average;

    /**
     * An optimiser at its start.
     *
     * @param workers who share the work; closed by the caller
     * @param parameters what is learnt
     * @param workspaces whose gradients are summed, at least one
     * @param options AdamW's constants
     * @param clipNorm largest norm of the gradient, 0 for no limit
     */
    public GradientDescent(
            Workers workers,
            Parameters parameters,
            List<Workspace> workspaces,
            AdamW.Options options,
            double clipNorm) {
        this(workers, parameters, workspaces, options, clipNorm, GradientExchange.alone());
    }

    /** As the other, for gradients that other processes have a part of. */
    GradientDescent(
            Workers workers,
            Parameters parameters,
            List<Workspace> workspaces,
            AdamW.Options options,
            double clipNorm,
            GradientExchange exchange) {
        this.exchange = exchange;
        this.workers = workers;
        this.parameters = parameters;
        this.optimiser = new AdamW(parameters, workspaces.get(0).gradients(), options);
        this.clipNorm = clipNorm;
        for (Parameters.Part part : parameters.parts()) {
            gradients.add(workspaces.stream()
                    .map(workspace -> part.of(workspace.gradients()))
                    .toArray(Tensor[]::new));
        }
        this.squares = new double[gradients.size()];
        int largest =
                gradients.stream().mapToInt(terms -> terms[0].size()).max().orElse(0);
        this.sent = new float[exchange.size() == 1 ? 0 : largest];
    }

    /**
     * Keeps an exponential average of the parameters from here on, starting with what they are. Its memory is short at
     * first, so that it doesn't remember the start values: step n keeps n / (n + 9) of it, and at most the decay.
     *
     * @param decay such as 0.999
     * @return the live flat buffer, freed with this
     */
    public Tensor keepAverage(double decay) {
        if (average == null) {
            average = parameters.buffer();
            workers.kernels(0).copy(parameters.values(), average);
            optimiser.averageInto(average);
        }
        averageDecay = decay;
        return average;
    }

    /**
     * The optimiser, for its state.
     *
     * @return the live optimiser
     */
    public AdamW optimiser() {
        return optimiser;
    }

    /**
     * Sums the gradients of all workspaces into the first.
     *
     * @return the sum's norm; if it is not finite, don't {@link #update}
     */
    public double sum() {
        share(sumParts);
        if (exchange.size() > 1) {
            gradients.forEach(terms -> exchangeSum(terms[0]));
            for (int part = 0; part < squares.length; part++) {
                squares[part] = workers.kernels(0).sum(new Tensor[] {gradients.get(part)[0]});
            }
        }
        double total = 0;
        for (double part : squares) {
            total += part;
        }
        return Math.sqrt(total);
    }

    private void exchangeSum(Tensor part) {
        float[] numbers = part.size() == sent.length ? sent : new float[part.size()];
        part.get(numbers);
        exchange.sum(numbers);
        part.put(numbers);
    }

    private void sumParts(int worker) {
        for (int part = worker; part < squares.length; part += workers.count()) {
            squares[part] = workers.kernels(worker).sum(gradients.get(part));
        }
    }

    /**
     * Clips the summed gradients and updates the parameters.
     *
     * @param rate learning rate
     * @param number of this step, from 1
     * @param norm what {@link #sum} returned
     */
    public void update(double rate, long number, double norm) {
        optimiser
                .step()
                .at(rate, number)
                .clippedBy(clipNorm > 0 && norm > clipNorm ? (float) (clipNorm / norm) : 1)
                .averaging(Math.min(averageDecay, number / (number + 9.0)));
        share(updateParts);
    }

    /** Runs the task on all workers, but one part right here: waking threads takes longer than a small network's step. */
    private void share(Workers.Task task) {
        if (squares.length == 1) {
            task.run(0);
        } else {
            workers.run(task);
        }
    }

    private void updateParts(int worker) {
        for (int part = worker; part < squares.length; part += workers.count()) {
            optimiser.update(workers.kernels(worker), part);
        }
    }

    @Override
    public void close() {
        optimiser.close();
        if (average != null) {
            average.close();
        }
    }
}
