package org.ldae.training;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.ldae.checkpoint.Safetensors;
import org.ldae.checkpoint.SafetensorsBuilder;
import org.ldae.compute.Kernels;
import org.ldae.compute.Tensor;
import org.ldae.compute.Workers;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;

/** A learner with all that its updates change: optimiser, average, the parameters of the best check. */
final class Network implements AutoCloseable {

    private final Learner learner;
    private final Parameters parameters;
    private final List<Workspace> workspaces = new ArrayList<>();
    private final GradientDescent descent;
    private final @Nullable Tensor average;
    private final @Nullable Tensor best;
    /** Prefix of its tensors in files; the first network's are those of a run that has only one. */
    private final String prefix;

    private double loss = Double.NaN;

    Network(Learner learner, boolean first, int shares, Training training, Workers workers, GradientExchange exchange) {
        this.learner = learner;
        this.parameters = learner.parameters();
        this.prefix = first ? "" : learner.name() + ".";
        for (int i = 0; i < shares; i++) {
            Kernels kernels = workers.kernels(i);
            workspaces.add(
                    training.checkpointActivations()
                            ? Workspace.recomputing(kernels, parameters)
                            : Workspace.training(kernels, parameters));
        }
        this.descent = new GradientDescent(
                workers, parameters, workspaces, training.optimizer(), training.clipNorm(), exchange);
        descent.optimiser().scaleRates(learner.rates());
        this.average = training.averageDecay() > 0 ? descent.keepAverage(training.averageDecay()) : null;
        this.best = training.heldOut().isNone() ? null : parameters.buffer();
    }

    List<Workspace> workspaces() {
        return workspaces;
    }

    Tensor values() {
        return parameters.values();
    }

    private Tensor gradients() {
        return workspaces.get(0).gradients();
    }

    String name() {
        return learner.name();
    }

    /** Sums the gradients and gives their norm. */
    double sum() {
        return descent.sum();
    }

    /** Loss before the last update. */
    double loss() {
        return loss;
    }

    void update(double before, double rate, int step, double norm) {
        loss = before;
        descent.update(rate, step - learner.start() + 1L, norm);
    }

    /** What the weights are judged and kept as: their average if there is one. */
    Tensor current() {
        return average == null ? parameters.values() : average;
    }

    /** What training comes to: the parameters of the best check if there was one. */
    Tensor result(boolean checked) {
        return best == null || !checked ? current() : best;
    }

    void keepBest(Kernels kernels) {
        if (best != null) {
            kernels.copy(current(), best);
        }
    }

    /** Puts the average in the place of the weights, which wait in the gradients' memory until the next call. */
    void swapAverage(Kernels kernels, boolean in) {
        if (average != null) {
            if (in) {
                kernels.copy(parameters.values(), gradients());
            }
            kernels.copy(in ? average : gradients(), parameters.values());
        }
    }

    /** What going on needs, by the prefixes of the names in a file. */
    private Map<String, Tensor> saved() {
        Map<String, Tensor> saved = new LinkedHashMap<>();
        // What the model is made of comes under its own name, so that a file can be read as a model at any step.
        saved.put(learner.name() + ".", current());
        if (average != null) {
            saved.put(prefix + StateFile.TRAINED, parameters.values());
        }
        if (best != null) {
            saved.put(prefix + StateFile.BEST, best);
        }
        saved.put(prefix + StateFile.FIRST, descent.optimiser().first());
        saved.put(prefix + StateFile.SECOND, descent.optimiser().second());
        return saved;
    }

    void write(SafetensorsBuilder builder) {
        saved().forEach((names, values) -> ParameterTensors.put(builder, names, parameters, values));
    }

    void read(Safetensors file) throws IOException {
        for (Map.Entry<String, Tensor> each : saved().entrySet()) {
            ParameterTensors.fill(file, each.getKey(), parameters, each.getValue());
        }
    }

    @Override
    public void close() {
        workspaces.forEach(Workspace::close);
        descent.close();
        if (best != null) {
            best.close();
        }
    }
}
