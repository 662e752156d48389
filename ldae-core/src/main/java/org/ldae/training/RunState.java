package org.ldae.training;

import java.io.IOException;
import java.util.Arrays;
import org.ldae.checkpoint.CheckpointException;
import org.ldae.checkpoint.Safetensors;
import org.ldae.checkpoint.SafetensorsBuilder;

/** How far a training has come: its losses, its time and its checks, which a resumed run goes on from. */
final class RunState {

    private final HeldOut checks;
    private final double[] losses;
    private int steps;
    private double seconds;
    private double bestLoss = Double.POSITIVE_INFINITY;
    private int bestStep;
    private int misses;

    /** Before the first of at most so many steps. */
    RunState(int total, HeldOut checks) {
        this.checks = checks;
        this.losses = new double[total];
    }

    int steps() {
        return steps;
    }

    int total() {
        return losses.length;
    }

    double[] losses() {
        return Arrays.copyOf(losses, steps);
    }

    /** The loss of a step that is done, the first is 1. */
    double loss(int step) {
        return losses[step - 1];
    }

    double seconds() {
        return seconds;
    }

    /** Infinite before the first check. */
    double bestLoss() {
        return bestLoss;
    }

    /** 0 before the first check. */
    int bestStep() {
        return bestStep;
    }

    /** Whether all steps are done, or patience is spent. */
    boolean finished() {
        return steps == losses.length || misses >= checks.patience();
    }

    void done(double loss) {
        losses[steps++] = loss;
    }

    void took(double more) {
        seconds += more;
    }

    /** Whether the images held out are looked at after this step. */
    boolean checksNow() {
        return !checks.isNone() && (steps % checks.every() == 0 || steps == losses.length);
    }

    /** Whether a check's loss is the best; a training that doesn't keep the best takes the last for it. */
    boolean checked(double loss, boolean keepsBest) {
        boolean better = loss < bestLoss || !keepsBest;
        misses = better ? 0 : misses + 1;
        if (better) {
            bestLoss = loss;
            bestStep = steps;
        }
        return better;
    }

    void write(SafetensorsBuilder builder) {
        StateFile.put(builder, StateFile.LOSSES, losses());
        StateFile.put(builder, StateFile.SECONDS, new double[] {seconds});
        if (!checks.isNone()) {
            StateFile.put(builder, StateFile.CHECKS, new double[] {bestLoss, bestStep, misses});
        }
    }

    /** What {@link #write} wrote; checked before anything is taken over. */
    void restore(Safetensors file) throws IOException {
        double[] done = StateFile.numbers(file, StateFile.LOSSES);
        if (done.length > losses.length) {
            throw new CheckpointException(
                    file.file(), "expected at most %d steps, got %d".formatted(losses.length, done.length));
        }
        if (!checks.isNone()) {
            double[] saved = StateFile.numbers(file, StateFile.CHECKS);
            bestLoss = saved[0];
            bestStep = (int) saved[1];
            misses = (int) saved[2];
        }
        seconds = file.has(StateFile.SECONDS) ? StateFile.numbers(file, StateFile.SECONDS)[0] : 0;
        System.arraycopy(done, 0, losses, 0, done.length);
        steps = done.length;
    }
}
