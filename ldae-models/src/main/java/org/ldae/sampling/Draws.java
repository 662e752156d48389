package org.ldae.sampling;

import java.util.Arrays;
import org.ldae.core.Rng;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The random arrays of a sampling run, so that samplers themselves draw nothing.
 *
 * <p>A run starts at {@code gamma z_0' + sigma eps}: the forward process applied to stand-ins z_0' for clean latents. With
 * {@code gamma^2 + sigma^2 = 1} the schedule ends at almost pure noise and the stand-ins hardly matter. With gamma = 1 and
 * sigma up to sqrt 2 (l-DAE) a third of the start's variance is signal: noise alone would be far from anything the network
 * was trained on. Tokenizers scale their latents to a variance of 1 on average, so the stand-ins are standard normals unless
 * others are given, such as latents of real images, or draws from a Gaussian fitted to them.
 */
public interface Draws {

    /**
     * Stand-ins for clean latents.
     *
     * @return {@code [N, ...]} float32, not changed by the sampler
     */
    INDArray latents();

    /**
     * Standard normals.
     *
     * @param step 0 for the start, then the number of the sampler's step from 1
     * @return of the shape of {@link #latents}, not changed by the sampler
     */
    INDArray noise(int step);

    /**
     * Standard normals throughout. The numbers of an item don't depend on how many items there are.
     *
     * @param rng key of the run
     * @param shape {@code [N, ...]}
     * @return the draws, computed when they are asked for
     */
    static Draws standard(Rng rng, long... shape) {
        long[] axes = shape.clone();
        Rng prior = rng.stream("latents");
        Rng noise = rng.stream("noise");
        return new Draws() {
            @Override
            public INDArray latents() {
                return normals(prior, axes);
            }

            @Override
            public INDArray noise(int step) {
                return normals(noise.at(step), axes);
            }
        };
    }

    /**
     * The same noise with other stand-ins for clean latents.
     *
     * @param standIns {@code [N, ...]} float32
     * @return draws that start from them
     */
    default Draws startingFrom(INDArray standIns) {
        Draws all = this;
        return new Draws() {
            @Override
            public INDArray latents() {
                return standIns;
            }

            @Override
            public INDArray noise(int step) {
                return all.noise(step);
            }
        };
    }

    private static INDArray normals(Rng rng, long[] shape) {
        int items = Math.toIntExact(shape[0]);
        float[] numbers = new float[Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact))];
        int size = items == 0 ? 0 : numbers.length / items;
        for (int i = 0; i < items; i++) {
            rng.at(i).normals(numbers, i * size, (i + 1) * size);
        }
        return Nd4j.createFromArray(numbers).reshape('c', shape);
    }
}
