package org.ldae.sampling;

import java.util.Arrays;
import org.ldae.compute.Workers;
import org.ldae.core.Rng;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The random arrays of a sampling run, so that samplers themselves draw nothing.
 *
 * <p>A run starts at {@code gamma z_0' + sigma eps}: the forward process applied to stand-ins z_0' for clean latents. Where the
 * schedule ends at almost pure noise the stand-ins hardly matter, and standard normals will do. With gamma = 1 and sigma up to
 * sqrt 2 (l-DAE) a third of the start's variance is signal, and of the first principal component's nine tenths: there
 * stand-ins must be of the data's mean and covariance, as {@link #like} draws them. With standard normals and an exact denoiser
 * a Gaussian of variance v would come out with {@code v (1 + sigma^2) / (v + sigma^2)}.
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
     * Stand-ins from the Gaussian that has the mean and covariance of some latents, over all tokens and components of an item:
     * each is the mean and a random combination of all of them. The numbers of an item don't depend on how many items there
     * are.
     *
     * @param latents of some hundred images or more, {@code [n, ...]} float32, n at least 2; left as they are
     * @param rng key of the run
     * @param count items to draw
     * @return draws of the shape {@code [count, ...]}
     */
    static Draws like(INDArray latents, Rng rng, int count) {
        long n = latents.size(0);
        if (n < 2) {
            throw new IllegalArgumentException("latents: expected those of at least 2 images, got " + n);
        }
        long[] shape = latents.shape().clone();
        shape[0] = count;
        INDArray factors = normals(rng.stream("latents"), new long[] {count, n});
        INDArray standIns = Workers.withSingleThreadedBlas(() -> {
            INDArray rows = latents.reshape('c', n, latents.length() / n);
            INDArray mean = rows.mean(0);
            // Covariance n - 1 times over, of which independent factors of unit variance leave it once.
            INDArray spread = rows.subRowVector(mean).divi(Math.sqrt(n - 1.0));
            return factors.mmul(spread).addiRowVector(mean).dup('c').reshape('c', shape);
        });
        return standard(rng, shape).startingFrom(standIns);
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
