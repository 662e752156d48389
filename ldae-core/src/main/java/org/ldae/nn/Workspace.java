package org.ldae.nn;

import java.util.ArrayList;
import java.util.List;
import org.ldae.compute.Kernels;
import org.ldae.compute.Tensor;

/**
 * What one copy of a network works with: kernels of its thread, the shared values, its own gradients and scratch memory.
 * All memory is taken when the layers are built and freed together.
 */
public final class Workspace implements AutoCloseable {

    private final Kernels kernels;
    private final Parameters parameters;
    private final Tensor gradients;
    private final List<Tensor> owned;
    private long allocated;

    private Workspace(Kernels kernels, Parameters parameters, Tensor gradients, List<Tensor> owned) {
        this.kernels = kernels;
        this.parameters = parameters;
        this.gradients = gradients;
        this.owned = owned;
    }

    /**
     * A workspace with gradients of its own.
     *
     * @param kernels kernels of the thread that will run the network
     * @param parameters layout and values
     * @return the workspace
     */
    public static Workspace training(Kernels kernels, Parameters parameters) {
        Workspace workspace = new Workspace(kernels, parameters, parameters.buffer(), new ArrayList<>());
        workspace.owned.add(workspace.gradients);
        return workspace;
    }

    /**
     * A workspace for forward passes only. It has no gradients: a network over it must not run backward, since that would
     * write into the values.
     *
     * @param kernels kernels of the thread that will run the network
     * @param parameters layout and values
     * @return the workspace
     */
    public static Workspace inference(Kernels kernels, Parameters parameters) {
        return new Workspace(kernels, parameters, parameters.values(), new ArrayList<>());
    }

    /**
     * As {@link #inference(Kernels, Parameters)}, for another network that works beside this one: same kernels, and memory
     * that is freed with this workspace's.
     *
     * @param others layout and values of the other network
     * @return the workspace; closing either of the two frees the memory of both
     */
    public Workspace beside(Parameters others) {
        return new Workspace(kernels, others, others.values(), owned);
    }

    /**
     * The kernels.
     *
     * @return kernels of one thread
     */
    public Kernels kernels() {
        return kernels;
    }

    /**
     * A parameter's values.
     *
     * @param name path
     * @return live view, shared by all copies of the network
     */
    public Tensor value(String name) {
        return parameters.view(parameters.values(), name);
    }

    /**
     * A parameter's gradient in this workspace.
     *
     * @param name path
     * @return live view
     */
    public Tensor gradient(String name) {
        return parameters.view(gradients, name);
    }

    /**
     * The flat gradients of this workspace.
     *
     * @return same layout as the parameters
     */
    public Tensor gradients() {
        return gradients;
    }

    /**
     * Scratch memory of this workspace.
     *
     * @param rows rows
     * @param columns columns
     * @return zeros, freed with the workspace
     */
    public Tensor allocate(int rows, int columns) {
        Tensor tensor = Tensor.zeros(rows, columns);
        owned.add(tensor);
        allocated += 4L * tensor.size();
        return tensor;
    }

    /**
     * Scratch memory taken so far.
     *
     * @return bytes, gradients not counted
     */
    public long allocatedBytes() {
        return allocated;
    }

    @Override
    public void close() {
        owned.forEach(Tensor::close);
        owned.clear();
    }
}
