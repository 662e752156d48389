package org.ldae.compute.cpu;

import org.ldae.compute.AdamStep;
import org.ldae.compute.Kernels.AdamState;

/** The optimiser's update on the CPU: one pass over memory, whose speed is its limit. */
final class CpuAdamW {

    private float[] value = new float[0];
    private float[] gradient = new float[0];
    private float[] first = new float[0];
    private float[] second = new float[0];

    void update(AdamStep step, AdamState state) {
        int columns = state.value().columns();
        int rows = Staging.rowsAtOnce(columns);
        reserve(columns);
        for (int r = 0; r < state.value().rows(); r += rows) {
            int n = Math.min(rows, state.value().rows() - r);
            Staging.load(state.value(), r, n, value);
            Staging.load(state.gradient(), r, n, gradient);
            Staging.load(state.first(), r, n, first);
            Staging.load(state.second(), r, n, second);
            moments(step, n * columns);
            move(step, state, n * columns);
            Staging.store(state.value(), r, n, value);
            Staging.store(state.first(), r, n, first);
            Staging.store(state.second(), r, n, second);
            if (state.average() != null) {
                Staging.load(state.average(), r, n, gradient);
                Loops.blend(gradient, value, n * columns, step.averageDecay(), step.averageRest());
                Staging.store(state.average(), r, n, gradient);
            }
        }
    }

    private void moments(AdamStep step, int n) {
        float clip = step.clip();
        float beta1 = step.beta1();
        float beta2 = step.beta2();
        float rest1 = step.rest1();
        float rest2 = step.rest2();
        for (int i = 0; i < n; i++) {
            float g = clip * gradient[i];
            first[i] = beta1 * first[i] + rest1 * g;
            second[i] = beta2 * second[i] + rest2 * g * g;
        }
    }

    private void move(AdamStep step, AdamState state, int n) {
        float shrink = state.decayed() ? step.shrink(state.rateFactor()) : 1;
        float rate = step.rate(state.rateFactor());
        float correction = step.correction2();
        float epsilon = step.epsilon();
        for (int i = 0; i < n; i++) {
            float root = (float) Math.sqrt(second[i] * correction) + epsilon;
            value[i] = shrink * value[i] - rate * first[i] / root;
        }
    }

    private void reserve(int columns) {
        value = Staging.room(value, columns);
        gradient = Staging.room(gradient, columns);
        first = Staging.room(first, columns);
        second = Staging.room(second, columns);
    }
}
