package org.ldae.spark;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.storage.StorageLevel;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.probe.FeaturePart;
import org.ldae.probe.FeatureParts;
import org.ldae.probe.LinearProbe;
import org.ldae.probe.LogisticSolver;

/**
 * Fits a linear probe on a DataFrame of features: L-BFGS on the driver, its sums over the rows on the executors.
 *
 * <pre>{@code
 * LinearProbe probe = SparkProbe.fit(features, LinearProbe.logistic(), Rng.of(1), Progress.console());
 * }</pre>
 *
 * <p>The features are kept in the executors' memory, or on their disks, twice: as they are and standardised. A partition is worked
 * on as a whole; some tens of megabytes each are a good size.
 */
public final class SparkProbe {

    private SparkProbe() {}

    /**
     * Fits on all rows; where the L2 is to be chosen, the rows held out depend on the order of the rows.
     *
     * @param rows with the columns {@code features} (array of float, of one length) and {@code label} (int, classes from 0)
     * @param solver options
     * @param rng key of the held-out part
     * @param progress told on the driver how far the fit is
     * @return the fitted probe
     * @throws IllegalArgumentException if a column is missing, there are no rows, or labels are negative or all the same
     * @throws IllegalStateException if a row has no features or a task fails again and again
     * @throws CancellationException if this thread is interrupted; the interrupt status stays set
     */
    public static LinearProbe fit(Dataset<Row> rows, LogisticSolver solver, Rng rng, Progress progress) {
        Columns.require(rows.schema(), PictureFeatures.FEATURES, DataTypes.createArrayType(DataTypes.FloatType));
        Columns.require(rows.schema(), "label", DataTypes.IntegerType);
        JavaRDD<FeaturePart> unnumbered = rows.select(PictureFeatures.FEATURES, "label")
                .toJavaRDD()
                .mapPartitions(SparkProbe::part)
                .persist(StorageLevel.MEMORY_AND_DISK());
        try {
            Parts.each(unnumbered, FeaturePart::rows); // refuses wrong rows, and fills the memory
            return fit(unnumbered, solver, rng, progress);
        } finally {
            unnumbered.unpersist();
        }
    }

    private static LinearProbe fit(JavaRDD<FeaturePart> unnumbered, LogisticSolver solver, Rng rng, Progress progress) {
        try (FeatureParts parts =
                Parts.of(unnumbered.zipWithIndex().map(each -> each._1().numbered(Math.toIntExact(each._2()))))) {
            return solver.fit(parts, rng, progress);
        }
    }

    /** The rows of a partition as one part; none of an empty one. */
    private static Iterator<FeaturePart> part(Iterator<Row> rows) {
        List<Row> all = new ArrayList<>();
        rows.forEachRemaining(all::add);
        if (all.isEmpty()) {
            return List.<FeaturePart>of().iterator();
        }
        int width = all.get(0).isNullAt(0) ? 0 : all.get(0).getList(0).size();
        float[] features = new float[Math.multiplyExact(all.size(), width)];
        int[] labels = new int[all.size()];
        for (int i = 0; i < labels.length; i++) {
            Row row = all.get(i);
            List<Float> numbers = row.isNullAt(0) ? List.of() : row.getList(0);
            if (row.isNullAt(1) || numbers.isEmpty() || numbers.size() != width) {
                throw new IllegalArgumentException(
                        "features: expected as many in every row and a label, got %d after %d, label %s; leave rows with an error out"
                                .formatted(numbers.size(), width, row.get(1)));
            }
            for (int f = 0; f < width; f++) {
                features[i * width + f] = numbers.get(f);
            }
            labels[i] = row.getInt(1);
        }
        return List.of(new FeaturePart(0, features, labels)).iterator();
    }

    /** Parts in the executors. */
    private record Parts(JavaRDD<FeaturePart> rdd) implements FeatureParts {

        static Parts of(JavaRDD<FeaturePart> rdd) {
            return new Parts(rdd.persist(StorageLevel.MEMORY_AND_DISK()));
        }

        @Override
        public <R> List<R> each(Work<R> work) {
            return each(rdd, work);
        }

        static <R> List<R> each(JavaRDD<FeaturePart> rdd, Work<R> work) {
            try {
                List<ArrayList<R>> results = PartitionJob.collect(
                        rdd,
                        parts -> ExecutorTask.run(() -> {
                            ArrayList<R> some = new ArrayList<>();
                            parts.forEachRemaining(part -> some.add(work.on(part)));
                            return some;
                        }));
                return results.stream().flatMap(List::stream).toList();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CancellationException("probe: interrupted; nothing is kept");
            }
        }

        @Override
        public FeatureParts map(Work<FeaturePart> change) {
            return of(rdd.map(part -> change.on(part)));
        }

        @Override
        public void close() {
            rdd.unpersist();
        }
    }
}
