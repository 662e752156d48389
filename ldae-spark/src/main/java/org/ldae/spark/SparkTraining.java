package org.ldae.spark;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.SparkSession;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.core.Stage;
import org.ldae.data.ImageSource;
import org.ldae.models.LatentDAE;
import org.ldae.models.Recipe;
import org.ldae.models.Trainer;

/**
 * Trains one network on several executors at once: each takes its part of every batch, gradients are summed after each step. The
 * numbers are those of one process with as many threads.
 *
 * <pre>{@code
 * LatentDAE model = SparkTraining.of(recipe, () -> Dataset.folder(Path.of("/mnt/photos"), options).train())
 *         .withRanks(4)
 *         .run(spark, "hdfs:///runs/1.safetensors", Progress.console());
 * }</pre>
 *
 * <p>Rank 0 writes a checkpoint now and then. When a task fails or its executor is lost, all go on from the newest one, to the same
 * bits; so does the same call of another day.
 *
 * @param recipe what is trained
 * @param images the training images, in the driver and in every executor
 * @param seed of the run
 * @param ranks executors that train, a power of two; each needs a free slot at the same time
 * @param seconds from one checkpoint to the next, at least 0
 * @param retries how often a failure is followed by another try from the newest checkpoint, at least 0
 */
public record SparkTraining(Recipe recipe, Images images, long seed, int ranks, double seconds, int retries) {

    private static final double SECONDS = 60;
    private static final int RETRIES = 3;

    /** Opens images in an executor. */
    @FunctionalInterface
    public interface Images extends Serializable {

        /**
         * Opens the training images.
         *
         * @return the same images wherever it is called
         * @throws IOException if they can't be read there
         */
        ImageSource open() throws IOException;
    }

    /**
     * Checks the numbers.
     *
     * @param recipe what is trained
     * @param images the training images
     * @param seed of the run
     * @param ranks executors that train, a power of two
     * @param seconds from one checkpoint to the next, at least 0
     * @param retries how often a failure is followed by another try, at least 0
     */
    public SparkTraining {
        if (Integer.bitCount(ranks) != 1 || ranks < 1) {
            throw new IllegalArgumentException("ranks: expected a power of two, got " + ranks);
        }
        if (!(seconds >= 0) || retries < 0) {
            throw new IllegalArgumentException(
                    "training: expected seconds and retries of at least 0, got %s, %d".formatted(seconds, retries));
        }
    }

    /**
     * Two executors, seed 0, a checkpoint a minute, three retries.
     *
     * @param recipe what is trained; its parts of one's own are known to the executors
     * @param images opens the training images
     * @return the training
     */
    public static SparkTraining of(Recipe recipe, Images images) {
        return new SparkTraining(recipe, images, 0, 2, SECONDS, RETRIES);
    }

    /**
     * Another seed.
     *
     * @param key of the run
     * @return a copy
     */
    public SparkTraining withSeed(long key) {
        return new SparkTraining(recipe, images, key, ranks, seconds, retries);
    }

    /**
     * Another number of executors.
     *
     * @param count a power of two
     * @return a copy
     */
    public SparkTraining withRanks(int count) {
        return new SparkTraining(recipe, images, seed, count, seconds, retries);
    }

    /**
     * Another time between checkpoints.
     *
     * @param between in seconds, 0 to save after every step
     * @return a copy
     */
    public SparkTraining withSeconds(double between) {
        return new SparkTraining(recipe, images, seed, ranks, between, retries);
    }

    /**
     * Another number of retries.
     *
     * @param count at least 0
     * @return a copy
     */
    public SparkTraining withRetries(int count) {
        return new SparkTraining(recipe, images, seed, ranks, seconds, count);
    }

    /**
     * Trains to the end, from the checkpoint if it is there. Otherwise the tokenizer is fitted on the driver first.
     *
     * @param spark the session
     * @param checkpoint a path of Hadoop's, such as {@code hdfs:///runs/1.safetensors}, replaced only when a new one is complete
     * @param progress told on the driver, at every heartbeat of the executors
     * @return the trained model
     * @throws IOException if the checkpoint can't be read or written
     * @throws IllegalArgumentException if the checkpoint is of another run, or recipe and images don't go together
     * @throws IllegalStateException if tasks failed once more than there are retries, as all do where the batch can't be split evenly
     * @throws CancellationException if this thread is interrupted; the interrupt status stays set
     */
    public LatentDAE run(SparkSession spark, String checkpoint, Progress progress) throws IOException {
        HadoopFile file = HadoopFile.of(checkpoint, spark.sparkContext().hadoopConfiguration());
        Stage stage = prepare(file, progress);
        JavaSparkContext context = new JavaSparkContext(spark.sparkContext());
        for (int failures = 0; ; failures++) {
            try (StepReports reports = new StepReports(spark.sparkContext())) {
                Rank rank = new Rank(recipe.toJson(), images, seed, seconds, file, reports.sent(), secret());
                JavaRDD<Integer> ids =
                        context.parallelize(IntStream.range(0, ranks).boxed().toList(), ranks);
                PartitionJob.run(barrier(ids), tasks -> rank.train(), (id, steps) -> {}, () -> reports.tell(stage));
                break;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CancellationException("train: interrupted; the same call goes on from " + checkpoint);
            } catch (IllegalStateException e) {
                if (failures >= retries) {
                    throw e;
                }
                progress.warn("train: %s; failure %d of at most %d, goes on from %s"
                        .formatted(firstLine(e), failures + 1, retries, checkpoint));
            }
        }
        stage.finish(Map.of());
        return file.read(LatentDAE::load);
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("a task failed");
    }

    private static long secret() {
        return new SecureRandom().nextLong();
    }

    /** The same rows, in tasks that run together. */
    static JavaRDD<Integer> barrier(JavaRDD<Integer> ids) {
        scala.reflect.ClassTag<Integer> tag = scala.reflect.ClassTag$.MODULE$.apply(Integer.class);
        RDD<Integer> together = ids.rdd().barrier().mapPartitions(new Same(), false, tag);
        return new JavaRDD<>(together, tag);
    }

    /** Leaves the rows as they are. */
    private static final class Same
            extends scala.runtime.AbstractFunction1<
                    scala.collection.Iterator<Integer>, scala.collection.Iterator<Integer>>
            implements Serializable {
        private static final long serialVersionUID = 1;

        @Override
        public scala.collection.Iterator<Integer> apply(scala.collection.Iterator<Integer> rows) {
            return rows;
        }
    }

    /** Checks what is there, or writes the checkpoint of step 0, so that executors always go on. */
    private Stage prepare(HadoopFile file, Progress progress) throws IOException {
        ImageSource source = images.open();
        Rng rng = Rng.of(seed);
        if (file.exists()) {
            return file.read(local -> {
                try (Trainer saved = Trainer.resume(local, recipe, source, rng)) {
                    return new Stage("train", saved.losses().length, saved.totalSteps(), progress);
                }
            });
        }
        try (Trainer first = Trainer.start(recipe, source, rng, progress)) {
            file.write(first::save);
            return new Stage("train", first.totalSteps(), progress);
        }
    }

    /** What one executor does. */
    private record Rank(
            String recipe,
            Images images,
            long seed,
            double seconds,
            HadoopFile file,
            StepReports.Sent reports,
            long secret)
            implements Serializable {

        int train() throws IOException {
            BarrierTaskContext task = BarrierTaskContext.get();
            try (SocketExchange exchange = SocketExchange.join(task, secret)) {
                return ExecutorTask.run(() -> {
                    try {
                        return train(exchange, task);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
            }
        }

        private int train(SocketExchange exchange, BarrierTaskContext task) throws IOException {
            Recipe trained = Recipe.fromJson(recipe);
            ImageSource source = images.open();
            Rng rng = Rng.of(seed);
            try (Trainer trainer = file.read(local -> Trainer.resume(local, trained, source, rng, exchange))) {
                boolean saves = exchange.rank() == 0;
                long saved = System.nanoTime();
                if (saves) {
                    reports.begin(trainer.losses().length);
                }
                while (!trainer.finished()) {
                    if (task.isInterrupted()) {
                        throw new CancellationException("train: given up after %d of %d steps"
                                .formatted(trainer.losses().length, trainer.totalSteps()));
                    }
                    double loss = trainer.step();
                    if (saves) {
                        reports.step(loss);
                        if (trainer.finished() || System.nanoTime() - saved >= seconds * 1e9) {
                            file.write(trainer::save);
                            saved = System.nanoTime();
                        }
                    }
                }
                return trainer.losses().length;
            }
        }
    }
}
