package org.ldae.models;

import org.ldae.core.NoiseSchedule;

/**
 * What is predicted and how errors are weighted over noise levels and components.
 *
 * @param target what is predicted
 * @param weighting weight of a noise level
 * @param tailWeight weight of the components beyond the latent's, in [0, 1]; 1 unless the target is the original image
 */
public record Objective(Target target, Weighting weighting, double tailWeight) {

    /** What the network predicts. */
    public enum Target {
        /** The noise (DDPM). */
        NOISE,
        /** The clean latent (paper, Tab. 3). */
        LATENT,
        /** The original image, not its projection on the latent's subspace (paper, Tab. 3, last step). */
        ORIGINAL_IMAGE
    }

    /** Weight of a noise level. */
    public enum Weighting {
        /** 1 at every level. */
        UNIFORM {
            @Override
            double at(NoiseSchedule schedule, double t) {
                return 1;
            }
        },
        /**
         * The signal's share of the variance, gamma^2 / (gamma^2 + sigma^2): gamma^2 where both add up to 1, and
         * 1 / (1 + sigma^2) where gamma is 1 (paper, Tab. 3).
         */
        SIGNAL_SHARE {
            @Override
            double at(NoiseSchedule schedule, double t) {
                double signal = schedule.gamma(t) * schedule.gamma(t);
                double noise = schedule.sigma(t) * schedule.sigma(t);
                return signal / (signal + noise);
            }
        };

        abstract double at(NoiseSchedule schedule, double t);
    }

    /**
     * Checks that the weights apply.
     *
     * @param target what is predicted
     * @param weighting weight of a noise level
     * @param tailWeight weight of the components beyond the latent's, in [0, 1]; 1 unless the target is the original image
     */
    public Objective {
        if (!(tailWeight >= 0 && tailWeight <= 1)) {
            throw new IllegalArgumentException("objective: expected a tail weight in [0, 1], got " + tailWeight);
        }
        if (target != Target.ORIGINAL_IMAGE && tailWeight != 1) {
            throw new IllegalArgumentException(
                    "objective: a tail weight of %s needs the original image as target, got %s"
                            .formatted(tailWeight, target));
        }
    }

    /**
     * l-DAE's: the original image, components beyond the latent's weighted 0.1 (paper, Tab. 3).
     *
     * @return the objective
     */
    public static Objective originalImage() {
        return new Objective(Target.ORIGINAL_IMAGE, Weighting.SIGNAL_SHARE, 0.1);
    }

    /**
     * The clean latent (paper, Tab. 3).
     *
     * @return the objective
     */
    public static Objective latent() {
        return new Objective(Target.LATENT, Weighting.SIGNAL_SHARE, 1);
    }

    /**
     * The noise, all levels alike (DDPM, DiT).
     *
     * @return the objective
     */
    public static Objective noise() {
        return new Objective(Target.NOISE, Weighting.UNIFORM, 1);
    }

    /**
     * Another weighting of the levels.
     *
     * @param newWeighting weight of a level
     * @return a copy
     */
    public Objective withWeighting(Weighting newWeighting) {
        return new Objective(target, newWeighting, tailWeight);
    }

    /**
     * Another weight of the components beyond the latent's.
     *
     * @param weight in [0, 1]; 1 is plain pixel error
     * @return a copy
     */
    public Objective withTailWeight(double weight) {
        return new Objective(target, weighting, weight);
    }
}
