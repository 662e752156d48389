package org.ldae.spark;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;

/** What an executor says that can't compute. */
class ExecutorTaskTest {

    @Test
    void anExecutorWithoutNativesIsNamed() {
        Cluster.stop();
        SparkSession session = Cluster.start("local-cluster[1,1,1024]", Cluster.classPath("nd4j-native"));
        try {
            JavaSparkContext context = new JavaSparkContext(session.sparkContext());
            Exception failed = assertThrows(
                    IllegalStateException.class,
                    () -> PartitionJob.collect(context.parallelize(List.of(1), 1), rows -> rows.next()));
            for (String expected : List.of("executor 0 on ", "no ND4J backend could be loaded", "shaded jar")) {
                assertTrue(String.valueOf(failed.getMessage()).contains(expected), failed.getMessage());
            }
        } finally {
            Cluster.stop();
        }
    }
}
