package org.ldae.objective;

import java.util.function.Supplier;
import org.ldae.compute.Kernels;
import org.ldae.compute.Tensor;
import org.ldae.objective.Objective.Setting;

/** Squared errors of all numbers of a target. */
final class SquaredErrors implements Objective.Loss {

    private final Kernels kernels;
    private final Supplier<Tensor> target;
    private final Tensor difference;
    private float[] doubled = new float[0];
    private final int tokens;

    SquaredErrors(Setting setting, Supplier<Tensor> target) {
        this.kernels = setting.work().kernels();
        this.target = target;
        boolean image = setting.output() == Space.IMAGE;
        int columns = (image ? setting.example().patches() : setting.example().clean()).columns();
        this.difference = setting.work().allocate(setting.rows(), columns);
        this.tokens = setting.tokens();
    }

    @Override
    public int errors() {
        return tokens * difference.columns();
    }

    @Override
    public void forward(Tensor prediction, double[] sums) {
        kernels.copy(prediction, difference);
        kernels.addScaled(-1, target.get(), difference);
        kernels.squares(difference, sums);
    }

    @Override
    public Tensor backward(float[] weights) {
        doubled = doubled(weights, doubled);
        kernels.scaleRows(difference, doubled);
        return difference;
    }

    /** The derivative of a square has a factor 2; written where the last call's are. */
    static float[] doubled(float[] weights, float[] kept) {
        float[] doubled = kept.length == weights.length ? kept : new float[weights.length];
        for (int i = 0; i < weights.length; i++) {
            doubled[i] = 2 * weights[i];
        }
        return doubled;
    }
}
