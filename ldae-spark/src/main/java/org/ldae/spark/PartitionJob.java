package org.ldae.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.apache.spark.SimpleFutureAction;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;
import org.jspecify.annotations.Nullable;
import scala.Function1;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.BoxedUnit;
import scala.util.Failure;

/** A job whose results the calling thread receives one by one, as partitions end. */
final class PartitionJob {

    private static final String INTERRUPT = "spark.job.interruptOnCancel";
    private static final long POLL_MILLISECONDS = 20;

    private PartitionJob() {}

    /** Work on a partition, in an executor. */
    @FunctionalInterface
    interface Work<T, R> extends Serializable {
        R of(Iterator<T> partition) throws Exception;
    }

    private record Ended<R>(int partition, R result) {}

    /**
     * Runs work on every partition. If it fails, or the calling thread is interrupted, or the listener throws, the tasks left are
     * cancelled.
     */
    static <T, R> void run(JavaRDD<T> rdd, Work<T, R> work, BiConsumer<Integer, R> ended) throws InterruptedException {
        run(rdd, work, ended, () -> {});
    }

    /** As the other; does something short now and then, on the calling thread. */
    static <T, R> void run(JavaRDD<T> rdd, Work<T, R> work, BiConsumer<Integer, R> ended, Runnable meanwhile)
            throws InterruptedException {
        BlockingQueue<Ended<R>> results = new LinkedBlockingQueue<>();
        SimpleFutureAction<String> action = submit(rdd, work, results);
        try {
            while (true) {
                meanwhile.run();
                boolean last = action.isCompleted();
                Ended<R> next = results.poll(last ? 0 : POLL_MILLISECONDS, TimeUnit.MILLISECONDS);
                if (next != null) {
                    ended.accept(next.partition, next.result);
                } else if (last) {
                    break;
                }
            }
        } finally {
            if (!action.isCompleted()) {
                action.cancel();
            }
        }
        if (action.value().get() instanceof Failure<String> failure) {
            throw new IllegalStateException("spark: " + failure.exception().getMessage(), failure.exception());
        }
    }

    /** Results of all partitions in their order. */
    static <T, R> List<R> collect(JavaRDD<T> rdd, Work<T, R> work) throws InterruptedException {
        List<@Nullable R> results = new ArrayList<>();
        for (int i = 0; i < rdd.getNumPartitions(); i++) {
            results.add(null);
        }
        run(rdd, work, results::set);
        return results.stream().map(Objects::requireNonNull).toList();
    }

    private static <T, R> SimpleFutureAction<String> submit(
            JavaRDD<T> rdd, Work<T, R> work, BlockingQueue<Ended<R>> results) {
        SparkContext spark = rdd.context();
        Function1<scala.collection.Iterator<T>, R> task = new Task<>(work);
        List<Object> partitions = IntStream.range(0, rdd.getNumPartitions())
                .<Object>mapToObj(i -> i)
                .toList();
        String before = spark.getLocalProperty(INTERRUPT);
        spark.setLocalProperty(INTERRUPT, "true");
        try {
            return spark.submitJob(
                    rdd.rdd(),
                    task,
                    CollectionConverters.asScala(partitions).toSeq(),
                    (partition, result) -> {
                        results.add(new Ended<>((int) partition, result));
                        return BoxedUnit.UNIT;
                    },
                    () -> "done");
        } finally {
            spark.setLocalProperty(INTERRUPT, before);
        }
    }

    /** The work as Spark sends it. */
    private static final class Task<T, R> extends scala.runtime.AbstractFunction1<scala.collection.Iterator<T>, R>
            implements Serializable {
        private static final long serialVersionUID = 1;
        private final Work<T, R> work;

        Task(Work<T, R> work) {
            this.work = work;
        }

        @Override
        public R apply(scala.collection.Iterator<T> partition) {
            try {
                ExecutorTask.requireNatives();
                return work.of(CollectionConverters.asJava(partition));
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e.getMessage(), e);
            }
        }
    }
}
