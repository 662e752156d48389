package org.ldae.spark;

import java.io.Serializable;
import java.util.Map;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.util.DoubleAccumulator;
import org.apache.spark.util.LongAccumulator;
import org.ldae.core.Progress.Quantity;
import org.ldae.core.Stage;
import scala.jdk.javaapi.CollectionConverters;

/** Steps and losses of rank 0 on the driver, where its executor's heartbeats bring them. */
final class StepReports implements AutoCloseable {

    private final SparkContext spark;
    private final Sent sent;
    private final SparkListener listener = new Listener();
    private volatile Report latest = new Report(0, 0);
    private Report told = latest;

    /** Steps since the start of the run, and the sum of the losses that were reported. */
    private record Report(long steps, double losses) {}

    StepReports(SparkContext spark) {
        this.spark = spark;
        this.sent = new Sent(spark.longAccumulator("steps"), spark.doubleAccumulator("losses"));
        spark.addSparkListener(listener);
    }

    /** What rank 0 reports through. */
    record Sent(LongAccumulator steps, DoubleAccumulator losses) implements Serializable {

        /** Steps that were done before. */
        void begin(long done) {
            steps.add(done);
        }

        /** One more step. */
        void step(double loss) {
            steps.add(1);
            losses.add(loss);
        }
    }

    Sent sent() {
        return sent;
    }

    /** Tells what has come since the last call: the mean loss of the steps between. */
    void tell(Stage stage) {
        Report now = latest;
        if (now.steps > told.steps && told.steps > 0) {
            double loss = (now.losses - told.losses) / (now.steps - told.steps);
            stage.at(now.steps, Map.of(Quantity.LOSS, loss));
        }
        told = now;
    }

    @Override
    public void close() {
        spark.removeSparkListener(listener);
    }

    private final class Listener extends SparkListener {
        @Override
        public void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate heartbeat) {
            for (var task : CollectionConverters.asJava(heartbeat.accumUpdates())) {
                long steps = 0;
                double losses = 0;
                for (AccumulableInfo info : CollectionConverters.asJava(task._4())) {
                    if (info.id() == sent.steps.id()) {
                        steps = ((Number) info.update().get()).longValue();
                    } else if (info.id() == sent.losses.id()) {
                        losses = ((Number) info.update().get()).doubleValue();
                    }
                }
                if (steps > latest.steps) {
                    latest = new Report(steps, losses);
                }
            }
        }
    }
}
