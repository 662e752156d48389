package outside;

import java.util.Arrays;
import org.ldae.compute.Activation;
import org.ldae.compute.Tensor;
import org.ldae.nn.Denoiser;
import org.ldae.nn.Linear;
import org.ldae.nn.Parameters;
import org.ldae.nn.Parameters.Init;
import org.ldae.nn.Workspace;

/** Two layers on each token by itself, told time and label: hidden = GELU(W x + t u + c[label]). */
public record TokenMlp(int hidden) implements Denoiser {

    @Override
    public int blocks() {
        return 1;
    }

    @Override
    public int encoderBlocks() {
        return 1;
    }

    @Override
    public int width(int block) {
        return hidden;
    }

    @Override
    public boolean takesLabels() {
        return true;
    }

    @Override
    public Parameters.Layout layout(Signature s) {
        Parameters.Layout layout = Parameters.layout();
        Linear.declare(layout, "first", new Linear.Sides(s.inputs(), hidden), Init.XAVIER_UNIFORM);
        layout.add("time", 1, hidden, Init.NORMAL);
        layout.add("labels", s.classes() + 1, hidden, Init.NORMAL); // the last row: not told
        Linear.declare(layout, "second", new Linear.Sides(hidden, s.outputs()), Init.XAVIER_UNIFORM);
        return layout;
    }

    @Override
    public Denoiser.Pass pass(Workspace work, Signature s, int images) {
        return new Pass(work, s, images, hidden);
    }

    private static final class Pass implements Denoiser.Pass {
        private final Workspace work;
        private final Linear first;
        private final Linear second;
        private final Tensor input;
        private final Tensor before;
        private final Tensor after;
        private final Tensor spread;
        private final Tensor told;
        private final Tensor timed;
        private final Tensor prediction;
        private final int[] imageOf;
        private final int[] labels;
        private final float[] times;
        private final int classes;

        Pass(Workspace work, Signature s, int images, int hidden) {
            int rows = images * s.grid().tokens();
            this.work = work;
            this.first = new Linear(work, "first");
            this.second = new Linear(work, "second");
            this.input = work.allocate(rows, s.inputs());
            this.before = work.allocate(rows, hidden);
            this.after = work.allocate(rows, hidden);
            this.spread = work.allocate(rows, hidden);
            this.told = work.allocate(images, hidden);
            this.timed = work.allocate(images, hidden);
            this.prediction = work.allocate(rows, s.outputs());
            this.imageOf = new int[rows];
            Arrays.setAll(imageOf, row -> row / s.grid().tokens());
            this.labels = new int[images];
            this.times = new float[images];
            this.classes = s.classes();
        }

        @Override
        public Tensor input() {
            return input;
        }

        @Override
        public Tensor features(Conditions at, int block) {
            System.arraycopy(at.times(), 0, times, 0, times.length);
            Arrays.setAll(labels, i -> at.labels()[i] < 0 ? classes : at.labels()[i]);
            work.kernels().gatherRows(work.value("labels"), labels, told); // [n, M]
            work.kernels().tile(work.value("time"), timed);
            work.kernels().scaleRows(timed, times);
            work.kernels().addScaled(1, timed, told);
            work.kernels().gatherRows(told, imageOf, spread); // [n L, M]
            first.forward(input, before);
            work.kernels().addScaled(1, spread, before);
            work.kernels().activate(Activation.GELU_TANH, before, after);
            return after;
        }

        @Override
        public Tensor forward(Conditions at) {
            second.forward(features(at, 1), prediction);
            return prediction;
        }

        @Override
        public void backward(Tensor d) {
            second.backward(after, d, spread);
            work.kernels().activateBackward(Activation.GELU_TANH, before, spread);
            first.backward(input, spread, null);
            work.kernels().fill(told, 0);
            work.kernels().scatterAddRows(spread, imageOf, told);
            work.kernels().scatterAddRows(told, labels, work.gradient("labels"));
            work.kernels().scaleRows(told, times);
            work.kernels().addColumnSums(told, work.gradient("time"));
        }
    }
}
