package outside;

import org.ldae.noise.NoiseSchedule;

/** The signal falls slowly at first, the noise grows evenly. */
public record Parabola() implements NoiseSchedule {

    @Override
    public double gamma(double t) {
        return 1 - t * t;
    }

    @Override
    public double sigma(double t) {
        return t;
    }
}
