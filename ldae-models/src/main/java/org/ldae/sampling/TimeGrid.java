package org.ldae.sampling;

import org.ldae.noise.NoiseLevel;
import org.ldae.noise.NoiseSchedule;

/**
 * At which times a sampler asks the denoiser. From the last of them it goes to clean data, {@link NoiseLevel#CLEAN}.
 *
 * <p>Both grids here start where the noise is at most 160 times the signal: where the signal vanishes, a predicted noise says
 * nothing of the data. DDPM's own last step is at 157, and its first at 0.01.
 */
@FunctionalInterface
public interface TimeGrid {

    /**
     * The same number of times in every part of [0, 1].
     */
    TimeGrid EVEN_IN_TIME = TimeGrids.EVEN_IN_TIME;

    /**
     * The same number of times in every part of the logSNR, from the noisiest to a noise of 0.01 of the signal, or the
     * schedule's least, if that is more. Samples of one step size have the same error at every variance of the data, so this is
     * the samplers' default.
     */
    TimeGrid EVEN_IN_LOG_SNR = TimeGrids.EVEN_IN_LOG_SNR;

    /**
     * Times along a schedule.
     *
     * @param schedule the noise levels
     * @param count n, at least 1
     * @return n falling times at all of which there is noise
     * @throws IllegalArgumentException if the schedule has a single level
     */
    double[] times(NoiseSchedule schedule, int count);
}
