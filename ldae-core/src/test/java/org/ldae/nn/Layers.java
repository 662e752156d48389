package org.ldae.nn;

import java.util.function.UnaryOperator;
import org.ldae.compute.GradientCheck;
import org.ldae.compute.KernelsProvider;
import org.ldae.compute.Tensor;
import org.ldae.core.Rng;
import org.ldae.testing.Golden;

/** Parameters with a workspace over them, for tests of layers. */
public final class Layers implements AutoCloseable {

    public final Parameters parameters;
    public final Workspace work;

    public Layers(Parameters.Layout layout, KernelsProvider kind) {
        parameters = layout.initialise(Rng.of(1));
        work = Workspace.training(kind.kernels(), parameters);
    }

    /** Random values for all, biases and norms too, so that no term can hide behind a zero. */
    public void randomise() {
        for (Parameters.Slot slot : parameters.slots()) {
            float[] numbers = new float[slot.size()];
            Rng.of(2).stream(slot.name()).normals(numbers, 0, numbers.length);
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] *= 0.5f;
            }
            work.value(slot.name()).put(numbers);
        }
    }

    /** Values from a golden file; {@code key} maps a parameter's name to the file's. */
    public void load(Golden golden, UnaryOperator<String> key) {
        parameters.names().forEach(name -> work.value(name).put(golden.floats(key.apply(name))));
    }

    public void checkGradients(GradientCheck.Loss loss) {
        for (String name : parameters.names()) {
            GradientCheck.check(name, work.value(name), work.gradient(name).toArray(), loss);
        }
    }

    public void assertGradients(Golden golden, UnaryOperator<String> key) {
        for (String name : parameters.names()) {
            GradientCheck.assertClose(
                    name, golden.floats(key.apply(name)), work.gradient(name).toArray(), 1e-5);
        }
    }

    public Tensor matrix(int rows, int columns) {
        float[] numbers = new float[rows * columns];
        Rng.of(3).at(work.allocatedBytes()).normals(numbers, 0, numbers.length);
        Tensor tensor = work.allocate(rows, columns);
        tensor.put(numbers);
        return tensor;
    }

    public Tensor copy(Tensor of) {
        Tensor copy = work.allocate(of.rows(), of.columns());
        work.kernels().copy(of, copy);
        return copy;
    }

    /** Not-a-number everywhere: whoever reads before writing is found out. */
    public Tensor garbage(int rows, int columns) {
        Tensor tensor = work.allocate(rows, columns);
        work.kernels().fill(tensor, Float.NaN);
        return tensor;
    }

    @Override
    public void close() {
        work.close();
        parameters.close();
    }
}
