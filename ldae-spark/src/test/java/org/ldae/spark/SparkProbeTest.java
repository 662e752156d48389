package org.ldae.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.function.FilterFunction;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.functions;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.probe.LinearProbe;
import org.ldae.probe.LogisticSolver;
import org.nd4j.linalg.factory.Nd4j;

/** A probe over executors has the optimum of the probe here and of Spark ML's, whatever becomes of the executors. */
class SparkProbeTest {

    private static final int ROWS = 400;
    private static final int WIDTH = 12;
    private static final int CLASSES = 3;
    private static final double L2 = 0.01;

    @TempDir
    private Path dir;

    private final float[] features = new float[ROWS * WIDTH];
    private final int[] labels = new int[ROWS];

    /** Standardised, so that everyone's penalty is the same. */
    SparkProbeTest() {
        Rng.of(1).normals(features, 0, features.length);
        for (int i = 0; i < ROWS; i++) {
            labels[i] = i % CLASSES;
        }
        for (int f = 0; f < WIDTH; f++) {
            double sum = 0;
            double squares = 0;
            for (int i = 0; i < ROWS; i++) {
                features[i * WIDTH + f] += f % CLASSES == labels[i] ? 0.7f : 0;
                sum += features[i * WIDTH + f];
                squares += features[i * WIDTH + f] * features[i * WIDTH + f];
            }
            double mean = sum / ROWS;
            for (int i = 0; i < ROWS; i++) {
                features[i * WIDTH + f] =
                        (float) ((features[i * WIDTH + f] - mean) / Math.sqrt(squares / ROWS - mean * mean));
            }
        }
    }

    private Dataset<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            List<Float> numbers = new ArrayList<>();
            for (int f = 0; f < WIDTH; f++) {
                numbers.add(features[i * WIDTH + f]);
            }
            rows.add(RowFactory.create(numbers.toArray(new Float[0]), labels[i]));
        }
        StructType schema = DataTypes.createStructType(new StructField[] {
            DataTypes.createStructField("features", DataTypes.createArrayType(DataTypes.FloatType), true),
            DataTypes.createStructField("label", DataTypes.IntegerType, true)
        });
        return Cluster.session().createDataFrame(rows, schema);
    }

    @ParameterizedTest
    @EnumSource
    void theProbeHasTheOptimumOfTheProbeHere(Fault fault) throws Exception {
        LogisticSolver solver = LinearProbe.logistic().withL2(L2);
        LinearProbe here = solver.fit(Nd4j.createFromArray(features).reshape(ROWS, WIDTH), labels);
        Fault.Strike strike = fault.at(dir.resolve("struck"));
        // Partitions in the order of the rows, one of them empty.
        Dataset<Row> rows = rows().repartition(3).filter((FilterFunction<Row>) row -> {
            if (fault == Fault.EXCEPTION) {
                strike.strike();
            }
            return true;
        });
        Dataset<Row> withEmpty = rows.union(rows().limit(0));
        LinearProbe there = fault == Fault.KILLED
                ? Cluster.killing(
                        "PartitionJob", 6, () -> SparkProbe.fit(withEmpty, solver, Rng.of(1), Progress.none()))
                : SparkProbe.fit(withEmpty, solver, Rng.of(1), Progress.none());
        assertEquals(fault == Fault.EXCEPTION, strike.struck());
        double[] w = here.weights().data().asDouble();
        double[] b = here.bias().data().asDouble();
        assertArrayEquals(w, there.weights().data().asDouble(), 1e-3);
        assertEquals(
                loss(w, b),
                loss(there.weights().data().asDouble(), there.bias().data().asDouble()),
                1e-6);
    }

    @Test
    void theOptimumIsThatOfSparkMl() {
        LinearProbe ours = SparkProbe.fit(rows(), LinearProbe.logistic().withL2(L2), Rng.of(1), Progress.none());
        Dataset<Row> rows = rows();
        Dataset<Row> vectors = rows.withColumn("vector", functions.array_to_vector(rows.col("features")));
        LogisticRegressionModel theirs = new LogisticRegression()
                .setFeaturesCol("vector")
                .setFamily("multinomial")
                .setStandardization(false)
                .setRegParam(L2)
                .setTol(1e-10)
                .setMaxIter(500)
                .fit(vectors);
        double[] weights = new double[CLASSES * WIDTH];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = theirs.coefficientMatrix().apply(i / WIDTH, i % WIDTH);
        }
        assertEquals(
                loss(weights, theirs.interceptVector().toArray()),
                loss(ours.weights().data().asDouble(), ours.bias().data().asDouble()),
                1e-6);
    }

    @Test
    void wrongColumnsAndRowsWithoutFeaturesAreSaid() {
        Dataset<Row> rows = rows();
        for (Dataset<Row> wrong : List.of(
                rows.drop("label"),
                rows.drop("features"),
                rows.limit(0),
                rows.filter("label = 1"),
                rows.withColumn(
                        "features", org.apache.spark.sql.functions.lit(null).cast("array<float>")))) {
            Exception failed = assertThrows(
                    RuntimeException.class,
                    () -> SparkProbe.fit(wrong, LinearProbe.logistic(), Rng.of(1), Progress.none()));
            assertTrue(String.valueOf(failed.getMessage()).contains("expected"), failed.getMessage());
        }
    }

    private double loss(double[] weights, double[] bias) {
        double loss = 0;
        for (int i = 0; i < ROWS; i++) {
            double sum = 0;
            double truth = 0;
            for (int k = 0; k < CLASSES; k++) {
                double score = bias[k];
                for (int f = 0; f < WIDTH; f++) {
                    score += weights[k * WIDTH + f] * features[i * WIDTH + f];
                }
                sum += Math.exp(score);
                truth = k == labels[i] ? score : truth;
            }
            loss += (Math.log(sum) - truth) / ROWS;
        }
        for (double weight : weights) {
            loss += L2 / 2 * weight * weight;
        }
        return loss;
    }
}
