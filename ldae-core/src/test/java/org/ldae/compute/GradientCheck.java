package org.ldae.compute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.List;
import org.ldae.core.Rng;

/**
 * Gradients against fourth-order central differences along random directions.
 *
 * <p>A directional derivative sums over all numbers in double, so float32 rounding of single results averages out. For
 * directions of independent normals an error e of the gradient shows as |e|, whichever terms it comes from.
 */
public final class GradientCheck {

    /** Non-linearities whose slope has no jumps: differences tell nothing at a jump. */
    public static final List<Activation> SMOOTH = List.of(Activation.GELU_TANH, Activation.GELU_ERF, Activation.SILU);

    private static final double STEP = 1.0 / 64;
    /** Forward passes in float32, Winograd's convolutions above all, leave differences a noise of up to 9e-4. */
    private static final double TOLERANCE = 1e-3;

    private static final int DIRECTIONS = 2;

    private GradientCheck() {}

    /** Runs the forward pass and sums up its result. */
    public interface Loss {
        double forward();
    }

    /**
     * Compares a gradient with differences of the loss.
     *
     * @param what name in the message
     * @param input what is moved, contiguous
     * @param gradient gradient of the loss with respect to it
     * @param loss runs the forward pass
     */
    public static void check(String what, Tensor input, float[] gradient, Loss loss) {
        float[] start = input.toArray();
        double norm = Math.sqrt(dot(gradient, gradient));
        assertTrue(norm > 0, () -> what + ": the gradient is zero or not a number");
        for (int k = 0; k < DIRECTIONS; k++) {
            float[] direction = new float[start.length];
            Rng.of(99).at(k).normals(direction, 0, direction.length);
            double near = moved(input, start, direction, STEP, loss) - moved(input, start, direction, -STEP, loss);
            double far =
                    moved(input, start, direction, 2 * STEP, loss) - moved(input, start, direction, -2 * STEP, loss);
            double slope = (8 * near - far) / (12 * STEP);
            assertEquals(slope, dot(gradient, direction), TOLERANCE * norm, () -> what + ", gradient norm " + norm);
        }
        input.put(start);
    }

    private static double moved(Tensor input, float[] start, float[] direction, double by, Loss loss) {
        float[] moved = new float[start.length];
        for (int i = 0; i < start.length; i++) {
            moved[i] = (float) (start[i] + by * direction[i]);
        }
        input.put(moved);
        return loss.forward();
    }

    /** Scalar product accumulated in double: the loss whose gradient is {@code a}. */
    public static double dot(float[] a, float[] b) {
        assertEquals(a.length, b.length);
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }

    /** {@code after - before}, for gradients that are added to. */
    public static float[] added(Tensor after, float before) {
        float[] difference = after.toArray();
        for (int i = 0; i < difference.length; i++) {
            difference[i] -= before;
        }
        return difference;
    }

    /** Equality up to a part of the largest magnitude. */
    public static void assertClose(String what, float[] expected, float[] actual, double tolerance) {
        assertEquals(expected.length, actual.length, what);
        double largest = 1e-30;
        for (float e : expected) {
            largest = Math.max(largest, Math.abs(e));
        }
        for (int i = 0; i < expected.length; i++) {
            if (!(Math.abs(expected[i] - actual[i]) <= tolerance * largest)) {
                fail("%s[%d]: expected %s, got %s, largest %s".formatted(what, i, expected[i], actual[i], largest));
            }
        }
    }
}
