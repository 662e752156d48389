package org.ldae.spark;

import java.util.function.Supplier;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.ldae.compute.Backend;
import org.ldae.compute.Workers;

/** How work runs inside a task: on the CPUs that Spark gave it, where ND4J's natives are. */
final class ExecutorTask {

    private ExecutorTask() {}

    /** Runs work on as many threads as {@code spark.task.cpus} says. */
    static <T> T run(Supplier<T> work) {
        requireNatives();
        return Backend.withThreads(TaskContext.get().cpus(), () -> Workers.withSingleThreadedBlas(work));
    }

    /** Refuses an executor without ND4J's natives by its name, before anything is computed. */
    static void requireNatives() {
        Backend.withoutNd4j().ifPresent(why -> {
            throw new IllegalStateException(
                    "executor %s on %s: %s; the shaded jar of ldae-spark holds the natives of the system it was built on"
                            .formatted(
                                    SparkEnv.get().executorId(),
                                    SparkEnv.get()
                                            .blockManager()
                                            .blockManagerId()
                                            .host(),
                                    why));
        });
    }
}
