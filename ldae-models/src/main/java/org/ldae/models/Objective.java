package org.ldae.models;

import org.ldae.noise.NoiseLevel.Quantity;
import org.ldae.noise.NoiseSchedule;
import org.ldae.noise.Weighting;

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
        NOISE(Quantity.NOISE),
        /** The clean latent (paper, Tab. 3). */
        LATENT(Quantity.CLEAN),
        /** The velocity {@code gamma eps - sigma z_0} in latent space (Salimans and Ho 2022). */
        VELOCITY(Quantity.VELOCITY),
        /** The original image, not its projection on the latent's subspace (paper, Tab. 3, last step). */
        ORIGINAL_IMAGE(Quantity.CLEAN);

        private final Quantity quantity;

        Target(Quantity quantity) {
            this.quantity = quantity;
        }

        /** What a prediction says of the noised latent. */
        Quantity quantity() {
            return quantity;
        }
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
     * The velocity (Salimans and Ho 2022), all levels alike: for schedules with gamma^2 + sigma^2 = 1 it weighs the clean
     * latent's error by 1 + signal-to-noise ratio.
     *
     * @return the objective
     */
    public static Objective velocity() {
        return new Objective(Target.VELOCITY, Weighting.UNIFORM, 1);
    }

    /**
     * Weight on the squared error of the target at one time.
     *
     * @param schedule noise levels
     * @param t time in [0, 1]
     * @return the weight, at least 0
     */
    public double weight(NoiseSchedule schedule, double t) {
        return weighting.at(schedule, t, target.quantity());
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
