package org.ldae.training;

import org.ldae.core.Progress;

/**
 * What goes on around a training and doesn't change its numbers: who listens, where it is saved, who takes part.
 *
 * @param progress told after every step
 * @param saving where the run is written; if the file is there, training goes on from it
 * @param exchange processes that train together
 */
public record Session(Progress progress, Saving saving, GradientExchange exchange) {

    /**
     * A session that is listened to.
     *
     * @param progress told after every step
     * @return nothing is saved, this process trains alone
     */
    public static Session of(Progress progress) {
        return new Session(progress, Saving.none(), GradientExchange.alone());
    }

    /**
     * Saves the run, and goes on from the file if it is there.
     *
     * @param options where and how often
     * @return a copy
     */
    public Session withSaving(Saving options) {
        return new Session(progress, options, exchange);
    }

    /**
     * Trains together with other processes.
     *
     * @param processes who take part
     * @return a copy
     */
    public Session withExchange(GradientExchange processes) {
        return new Session(progress, saving, processes);
    }
}
