package org.ldae.noise;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One level of the forward process {@code z = gamma z_0 + sigma eps}. Once z is known, any one of clean data, noise,
 * velocity and score gives the others, and the same holds for their expected values, which networks estimate: with the
 * score it is Tweedie's formula {@code E[z_0 | z] = (z + sigma^2 grad log p(z)) / gamma}.
 *
 * @param gamma factor on the signal, at least 0
 * @param sigma standard deviation of the noise, at least 0
 */
public record NoiseLevel(double gamma, double sigma) {

    /** The data themselves, gamma = 1 and sigma = 0. */
    public static final NoiseLevel CLEAN = new NoiseLevel(1, 0);

    /** What a network may predict, or a sampler needs. */
    public enum Quantity {
        /** The clean data z_0. */
        CLEAN {
            @Override
            double onClean(NoiseLevel level) {
                return 1;
            }

            @Override
            double onNoise(NoiseLevel level) {
                return 0;
            }
        },
        /** The noise eps. */
        NOISE {
            @Override
            double onClean(NoiseLevel level) {
                return 0;
            }

            @Override
            double onNoise(NoiseLevel level) {
                return 1;
            }
        },
        /** {@code gamma eps - sigma z_0} (Salimans and Ho 2022). */
        VELOCITY {
            @Override
            double onClean(NoiseLevel level) {
                return -level.sigma;
            }

            @Override
            double onNoise(NoiseLevel level) {
                return level.gamma;
            }
        },
        /** {@code eps - z_0}, what flow matching predicts along {@link NoiseSchedule#flow} (Lipman et al. 2023). */
        FLOW {
            @Override
            double onClean(NoiseLevel level) {
                return -1;
            }

            @Override
            double onNoise(NoiseLevel level) {
                return 1;
            }
        },
        /** Gradient of the noised data's log density, {@code -eps / sigma}. */
        SCORE {
            @Override
            double onClean(NoiseLevel level) {
                return 0;
            }

            @Override
            double onNoise(NoiseLevel level) {
                return -1 / level.sigma;
            }
        };

        /** Factor on z_0 when the quantity is written in z_0 and eps. */
        abstract double onClean(NoiseLevel level);

        /** Factor on eps when the quantity is written in z_0 and eps. */
        abstract double onNoise(NoiseLevel level);
    }

    /**
     * Checks the factors.
     *
     * @param gamma factor on the signal, at least 0
     * @param sigma standard deviation of the noise, at least 0
     */
    public NoiseLevel {
        boolean finite = gamma < Double.POSITIVE_INFINITY && sigma < Double.POSITIVE_INFINITY;
        if (!(gamma >= 0 && sigma >= 0 && gamma + sigma > 0 && finite)) {
            throw new IllegalArgumentException(
                    "noise level: expected finite gamma >= 0 and sigma >= 0, not both 0, got %s, %s"
                            .formatted(gamma, sigma));
        }
    }

    /**
     * How one quantity follows from the noised data and another quantity.
     *
     * @param from what is given
     * @param to what is wanted
     * @return the factors
     * @throws IllegalArgumentException if it doesn't follow at this level, such as the clean data from pure noise
     */
    public Conversion convert(Quantity from, Quantity to) {
        if (from == to) {
            return new Conversion(0, 1);
        }
        // z = gamma z_0 + sigma eps and given = p z_0 + r eps, solved for wanted = q z_0 + s eps.
        double p = from.onClean(this);
        double r = from.onNoise(this);
        double q = to.onClean(this);
        double s = to.onNoise(this);
        double determinant = gamma * r - sigma * p;
        double onNoised = (q * r - s * p) / determinant;
        double onGiven = (s * gamma - q * sigma) / determinant;
        if (!Double.isFinite(onNoised) || !Double.isFinite(onGiven)) {
            throw new IllegalArgumentException(
                    "noise level: %s does not follow from %s at gamma = %s, sigma = %s; take a level with both signal and noise"
                            .formatted(to, from, gamma, sigma));
        }
        return new Conversion(onNoised, onGiven);
    }

    /**
     * {@code wanted = onNoised z + onGiven given}.
     *
     * @param onNoised factor on the noised data
     * @param onGiven factor on the given quantity
     */
    public record Conversion(double onNoised, double onGiven) {

        /**
         * Converts arrays.
         *
         * @param noised z, any shape
         * @param given the given quantity, of the same shape
         * @return the wanted quantity, a new array
         */
        public INDArray apply(INDArray noised, INDArray given) {
            return noised.mul(onNoised).addi(given.mul(onGiven));
        }
    }
}
