package org.ldae.baselines;

import org.ldae.compute.Backend;
import org.ldae.core.ImageShape;
import org.ldae.core.Rng;
import org.ldae.core.TokenGrid;
import org.ldae.models.Synthetic;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;
import org.ldae.testing.Golden;

/** Parameters and a workspace on this thread. */
final class Scene implements AutoCloseable {

    /** Three images of two channels in six patches of eight numbers, as the golden files have. */
    static final TokenGrid GOLDEN = new TokenGrid(new ImageShape(2, 4, 6), 2);

    /** Six patches of 16 numbers. */
    static final TokenGrid GRID = new TokenGrid(Synthetic.SHAPE, 4);

    final Parameters parameters;
    final Workspace work;

    Scene(Parameters parameters) {
        this.parameters = parameters;
        this.work = Workspace.training(Backend.kernels(), parameters);
    }

    Scene load(Golden golden) {
        for (String name : parameters.names()) {
            work.value(name).put(golden.floats("value." + name));
        }
        return this;
    }

    /** Adds noise to every parameter, so that nothing stays zero. */
    Scene shake() {
        float[] values = parameters.values().toArray();
        float[] noise = new float[parameters.count()];
        Rng.of(4).normals(noise, 0, noise.length);
        for (int i = 0; i < noise.length; i++) {
            values[i] += 0.15f * noise[i];
        }
        parameters.values().put(values);
        return this;
    }

    /** All gradients in a row, which start anew. */
    float[] takeGradients() {
        float[] gradients = work.gradients().toArray();
        work.kernels().fill(work.gradients(), 0);
        return gradients;
    }

    static float[] random(int count, long seed) {
        float[] numbers = new float[count];
        Rng.of(seed).normals(numbers, 0, count);
        return numbers;
    }

    @Override
    public void close() {
        work.close();
        parameters.close();
    }
}
