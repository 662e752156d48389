package outside;

import org.ldae.noise.NoiseLevel;
import org.ldae.noise.NoiseSchedule;
import org.ldae.noise.Weighting;

/** A power of the signal's share of the variance. */
public record SignalPower(double exponent) implements Weighting {

    @Override
    public double at(NoiseSchedule schedule, double t, NoiseLevel.Quantity target) {
        NoiseLevel level = schedule.level(t);
        double signal = level.gamma() * level.gamma();
        return Math.pow(signal / (signal + level.sigma() * level.sigma()), exponent);
    }
}
