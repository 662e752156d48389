package outside;

import java.util.ArrayList;
import java.util.List;
import org.ldae.noise.NoiseLevel;
import org.ldae.noise.NoiseSchedule;
import org.ldae.sampling.Sampler;

/** From noise to data in equal steps of the time, keeping the estimated noise. */
public record EvenSteps(int count) implements Sampler {

    @Override
    public List<Step> steps(NoiseSchedule schedule) {
        List<Step> steps = new ArrayList<>();
        for (int i = count; i > 0; i--) {
            double t = 0.99 * i / count;
            NoiseLevel from = schedule.level(t);
            NoiseLevel to = schedule.level(0.99 * (i - 1) / count);
            double kept = to.sigma() / from.sigma();
            steps.add(Step.at(t, kept, to.gamma() - kept * from.gamma()));
        }
        return steps;
    }
}
