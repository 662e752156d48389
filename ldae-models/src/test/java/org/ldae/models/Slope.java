package org.ldae.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.DoubleSupplier;
import org.ldae.core.Rng;
import org.ldae.nn.Parameters;

/** Gradients of a whole network against central differences of its loss. */
public final class Slope {

    private static final double STEP = 5e-3;

    private Slope() {}

    /** Compares along three directions; the parameters end where they were. */
    public static void check(String name, Parameters parameters, float[] gradients, DoubleSupplier loss) {
        check(name, parameters, gradients, loss, STEP);
    }

    /** As {@link #check(String, Parameters, float[], DoubleSupplier)}, by shorter steps where a loss is strongly curved. */
    public static void check(String name, Parameters parameters, float[] gradients, DoubleSupplier loss, double step) {
        float[] start = parameters.values().toArray();
        for (int trial = 0; trial < 3; trial++) {
            float[] direction = direction(gradients, Rng.of(7).at(trial));
            double slope = dot(gradients, direction);
            double up = lossAt(parameters, moved(start, direction, step), loss);
            double down = lossAt(parameters, moved(start, direction, -step), loss);
            assertTrue(slope > 1e-3, () -> name + ": slope " + slope);
            assertEquals(slope, (up - down) / (2 * step), 3e-3 * slope, name + ", direction " + trial);
        }
        parameters.values().put(start);
    }

    /** Along the gradient, but every number kept or left out at random: a wrong gradient fits no such direction. */
    private static float[] direction(float[] gradients, Rng rng) {
        float[] direction = new float[gradients.length];
        rng.normals(direction, 0, direction.length);
        for (int i = 0; i < direction.length; i++) {
            direction[i] = direction[i] > 0 ? gradients[i] : 0;
        }
        double norm = Math.sqrt(dot(direction, direction));
        for (int i = 0; i < direction.length; i++) {
            direction[i] = (float) (direction[i] / norm);
        }
        return direction;
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }

    private static float[] moved(float[] start, float[] direction, double step) {
        float[] moved = start.clone();
        for (int i = 0; i < moved.length; i++) {
            moved[i] += (float) (step * direction[i]);
        }
        return moved;
    }

    private static double lossAt(Parameters parameters, float[] values, DoubleSupplier loss) {
        parameters.values().put(values);
        return loss.getAsDouble();
    }
}
