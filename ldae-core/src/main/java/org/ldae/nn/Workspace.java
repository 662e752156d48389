package org.ldae.nn;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ldae.compute.Kernels;
import org.ldae.compute.Tensor;
import org.ldae.core.Rng;

/**
 * What one copy of a network works with: kernels of its thread, the shared values, its own gradients and scratch memory.
 * All memory is taken when the layers are built and freed together.
 *
 * <p>Over parameters that are {@link Parameters.Layout#planned} it takes none: a network is laid out as ever, and {@link
 * #allocatedBytes} tells exactly what it would take.
 */
public final class Workspace implements AutoCloseable {

    private final Kernels kernels;
    private final Parameters parameters;
    private final Tensor gradients;
    private final Memory memory;
    /** What layers that take turns share, in the order it was taken; null if each takes its own. */
    private final @Nullable List<Tensor> shared;

    private int turn;

    private Workspace(Workspace like, Parameters parameters, Tensor gradients, @Nullable List<Tensor> shared) {
        this.kernels = like.kernels;
        this.parameters = parameters;
        this.gradients = gradients;
        this.memory = like.memory;
        this.shared = shared;
    }

    private Workspace(Kernels kernels, Parameters parameters, Tensor gradients, boolean keeping) {
        this.kernels = kernels;
        this.parameters = parameters;
        this.gradients = gradients;
        this.memory = new Memory(parameters, keeping);
        this.shared = null;
    }

    /** What is freed together, its bytes of scratch, and whether activations stay for a backward pass. */
    private static final class Memory {
        private final Parameters like;
        private final boolean keeping;
        private final List<Tensor> owned = new ArrayList<>();
        private long allocated;

        Memory(Parameters like, boolean keeping) {
            this.like = like;
            this.keeping = keeping;
        }
    }

    /**
     * A workspace with gradients of its own.
     *
     * @param kernels kernels of the thread that will run the network
     * @param parameters layout and values
     * @return the workspace
     */
    public static Workspace training(Kernels kernels, Parameters parameters) {
        return training(kernels, parameters, true);
    }

    /**
     * As {@link #training(Kernels, Parameters)}, for networks that compute a block's activations again in the backward pass
     * instead of keeping them: less memory, about a third more time.
     *
     * @param kernels kernels of the thread that will run the network
     * @param parameters layout and values
     * @return the workspace
     */
    public static Workspace recomputing(Kernels kernels, Parameters parameters) {
        return training(kernels, parameters, false);
    }

    private static Workspace training(Kernels kernels, Parameters parameters, boolean keeping) {
        Workspace workspace = new Workspace(kernels, parameters, parameters.buffer(), keeping);
        workspace.memory.owned.add(workspace.gradients);
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
        return new Workspace(kernels, parameters, parameters.values(), false);
    }

    /**
     * A workspace for passes without weights, or with weights that come from elsewhere ({@link #beside}).
     *
     * @param kernels kernels of the thread that will run them
     * @return the workspace
     */
    public static Workspace scratch(Kernels kernels) {
        Parameters none = Parameters.layout().initialise(Rng.of(0));
        Workspace workspace = inference(kernels, none);
        workspace.memory.owned.add(none.values());
        return workspace;
    }

    /**
     * As {@link #inference(Kernels, Parameters)}, for another network that works beside this one: same kernels, and memory
     * that is freed with this workspace's.
     *
     * @param others layout and values of the other network
     * @return the workspace; closing either of the two frees the memory of both
     */
    public Workspace beside(Parameters others) {
        return new Workspace(this, others, others.values(), null);
    }

    /**
     * Whether a backward pass may follow.
     *
     * @return false for {@link #inference}
     */
    public boolean trains() {
        return gradients != parameters.values();
    }

    /**
     * Whether blocks keep their activations until the backward pass.
     *
     * @return false if they compute them again, or never run backward
     */
    public boolean keepsActivations() {
        return memory.keeping;
    }

    /**
     * A part of this workspace for layers of one shape that run one after another. If activations are not kept, all of them
     * work in the memory of the first.
     *
     * @return the part, freed with this workspace; call {@link #nextTurn} before each layer is built
     */
    public Workspace turns() {
        return new Workspace(this, parameters, gradients, memory.keeping ? null : new ArrayList<>());
    }

    /** Lets the next layer of {@link #turns} begin with the memory of the first. */
    public void nextTurn() {
        turn = 0;
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
     * @return zeros, freed with the workspace; what another layer left there if they take {@link #turns}
     */
    public Tensor allocate(int rows, int columns) {
        if (shared == null) {
            return take(rows, columns);
        }
        if (turn == shared.size()) {
            shared.add(take(rows, columns));
        }
        Tensor tensor = shared.get(turn++);
        if (tensor.rows() != rows || tensor.columns() != columns) {
            throw new IllegalStateException(
                    "workspace: expected layers of one shape to take turns, got [%d, %d] for [%d, %d]"
                            .formatted(rows, columns, tensor.rows(), tensor.columns()));
        }
        return tensor;
    }

    private Tensor take(int rows, int columns) {
        Tensor tensor = memory.like.memory(rows, columns);
        memory.owned.add(tensor);
        memory.allocated += 4L * tensor.size();
        return tensor;
    }

    /**
     * Scratch memory taken so far, that of its parts and of workspaces beside it included.
     *
     * @return bytes, gradients not counted
     */
    public long allocatedBytes() {
        return memory.allocated;
    }

    @Override
    public void close() {
        memory.owned.forEach(Tensor::close);
        memory.owned.clear();
    }
}
