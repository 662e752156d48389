package org.ldae.probe;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Standardised rows in parts: each works on its own, and sums are added in the order of the parts. */
final class PartRows implements LogisticRows {

    private final FeatureParts parts;
    private final int[] counts;
    private final int width;
    private boolean @Nullable [] heldOut;
    private @Nullable FeatureParts marked;

    private PartRows(FeatureParts parts, int[] counts, int width) {
        this.parts = parts;
        this.counts = counts;
        this.width = width;
    }

    /** Labels of all parts, in their order. */
    static int[] labels(FeatureParts parts) {
        List<int[]> all = parts.each(FeaturePart::labels);
        return all.stream().flatMapToInt(Arrays::stream).toArray();
    }

    /** Zero mean and unit variance over the rows of all parts. */
    static Standardizer standardizer(FeatureParts parts) {
        List<float[]> firsts = parts.each(part -> Arrays.copyOf(part.features(), part.width()));
        float[] shift = firsts.get(0);
        for (int part = 0; part < firsts.size(); part++) {
            if (firsts.get(part).length != shift.length) {
                throw new IllegalArgumentException(
                        "features: expected %d numbers in every row as in the first, got %d in part %d"
                                .formatted(shift.length, firsts.get(part).length, part));
            }
        }
        Standardizer.Sums all = new Standardizer.Sums(shift);
        parts.each(part -> Standardizer.Sums.of(shift, part)).forEach(all::add);
        return all.standardizer();
    }

    /** The parts, standardised and kept where they are. */
    static PartRows of(FeatureParts raw, Standardizer standardizer) {
        double[] mean = new double[standardizer.width()];
        double[] scale = new double[mean.length];
        Arrays.setAll(mean, standardizer::mean);
        Arrays.setAll(scale, standardizer::scale);
        FeatureParts parts = raw.map(part -> {
            float[] rows = part.features().clone();
            new Standardizer(mean, scale).applyInPlace(rows);
            return new FeaturePart(part.number(), rows, part.labels());
        });
        int[] counts = parts.each(FeaturePart::rows).stream()
                .mapToInt(Integer::intValue)
                .toArray();
        return new PartRows(parts, counts, mean.length);
    }

    @Override
    public int count() {
        return Arrays.stream(counts).sum();
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public double[][] product(double[][] basis) {
        double[][] sum = new double[basis.length][width];
        int count = count();
        for (double[][] ofPart : parts.each(part -> productOf(part, basis))) {
            for (int r = 0; r < sum.length; r++) {
                for (int f = 0; f < width; f++) {
                    sum[r][f] += ofPart[r][f] / count;
                }
            }
        }
        return sum;
    }

    private static double[][] productOf(FeaturePart part, double[][] basis) {
        try (RowBlocks rows = blocks(part)) {
            double[][] product = rows.product(basis);
            for (double[] row : product) {
                Arrays.setAll(row, f -> row[f] * rows.count());
            }
            return product;
        }
    }

    private static RowBlocks blocks(FeaturePart part) {
        int width = part.width();
        RowBlocks rows = new RowBlocks(part.rows(), width);
        rows.fill((from, to, block) -> System.arraycopy(part.features(), from * width, block, 0, (to - from) * width));
        return rows;
    }

    @Override
    public Objective objective(int[] labels, int classes, boolean[] out, double l2) {
        int trained = TrainingLabels.where(out, false).length;
        return new PartObjective(trained == labels.length ? parts : marked(out), trained, labels.length, classes, l2);
    }

    /** Parts whose held-out rows have the complement of their label; the rows themselves are shared. */
    private FeatureParts marked(boolean[] out) {
        if (marked == null || !Arrays.equals(heldOut, out)) {
            closeMarked();
            List<boolean[]> marks = new ArrayList<>();
            int first = 0;
            for (int count : counts) {
                marks.add(Arrays.copyOfRange(out, first, first + count));
                first += count;
            }
            heldOut = out;
            marked = parts.map(part -> mark(part, marks.get(part.number())));
        }
        return marked;
    }

    private static FeaturePart mark(FeaturePart part, boolean[] out) {
        int[] labels = part.labels().clone();
        Arrays.setAll(labels, row -> out[row] ? ~labels[row] : labels[row]);
        return new FeaturePart(part.number(), part.features(), labels);
    }

    private void closeMarked() {
        if (marked != null) {
            marked.close();
        }
    }

    @Override
    public void close() {
        closeMarked();
        parts.close();
    }

    /** What a part adds to an evaluation. */
    private static final class PartSums implements Serializable {
        private static final long serialVersionUID = 1;
        private final double[] gradient;
        private final SoftmaxObjective.Sums sums;

        PartSums(double[] gradient, SoftmaxObjective.Sums sums) {
            this.gradient = gradient;
            this.sums = sums;
        }

        static PartSums of(FeaturePart part, double[] point, int classes, int trained) {
            int[] labels = Arrays.stream(part.labels())
                    .map(label -> label < 0 ? ~label : label)
                    .toArray();
            boolean[] out = new boolean[labels.length];
            for (int row = 0; row < out.length; row++) {
                out[row] = part.labels()[row] < 0;
            }
            double[] gradient = new double[point.length];
            try (RowBlocks rows = blocks(part);
                    SoftmaxObjective objective = new SoftmaxObjective(rows, labels, classes, out, 0, trained)) {
                return new PartSums(gradient, objective.sums(point, gradient));
            }
        }
    }

    /** The mean over all parts. */
    private final class PartObjective implements Objective {
        private final FeatureParts rows;
        private final int trained;
        private final int all;
        private final int classes;
        private final double l2;
        private Score score = Score.none();

        PartObjective(FeatureParts rows, int trained, int all, int classes, double l2) {
            this.rows = rows;
            this.trained = trained;
            this.all = all;
            this.classes = classes;
            this.l2 = l2;
        }

        @Override
        public double evaluate(double[] point, double[] gradient) {
            int k = classes;
            int n = trained;
            Arrays.fill(gradient, 0);
            SoftmaxObjective.Sums sums = SoftmaxObjective.Sums.none();
            for (PartSums ofPart : rows.each(part -> PartSums.of(part, point, k, n))) {
                sums = sums.plus(ofPart.sums);
                for (int i = 0; i < gradient.length; i++) {
                    gradient[i] += ofPart.gradient[i];
                }
            }
            score = sums.score(trained, all - trained, classes);
            return sums.value(trained) + SoftmaxObjective.penalty(l2, classes * width, point, gradient);
        }

        @Override
        public Score score() {
            return score;
        }

        @Override
        public void close() {}
    }
}
