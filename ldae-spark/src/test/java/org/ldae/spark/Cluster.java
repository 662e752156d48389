package org.ldae.spark;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.sql.SparkSession;

/** Two executor processes of one CPU each; started once for all tests of a process. */
final class Cluster {

    private Cluster() {}

    /** The session, started when it is first asked for. */
    static SparkSession session() {
        return SparkSession.getActiveSession().getOrElse(() -> start("local-cluster[2,1,1024]", classPath("")));
    }

    /** Ends the session, if there is one; the next that is asked for is another. */
    static void stop() {
        if (SparkSession.getActiveSession().isDefined()) {
            SparkSession.getActiveSession().get().stop();
        }
        SparkSession.clearActiveSession();
        SparkSession.clearDefaultSession();
    }

    /** Starts a session whose executors see some classes. */
    static SparkSession start(String master, String executorClassPath) {
        try {
            // Spark looks for its jars there, and needs none: the executors' class path has them all.
            Files.createDirectories(Path.of(System.getenv("SPARK_HOME"), "jars"));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        SparkSession session = SparkSession.builder()
                .master(master)
                .appName("ldae-spark tests")
                .config("spark.driver.host", "127.0.0.1")
                .config("spark.executor.extraClassPath", executorClassPath)
                .config("spark.executor.extraJavaOptions", "-Dorg.bytedeco.javacpp.maxphysicalbytes=3g")
                .config("spark.ui.enabled", "false")
                .config("spark.sql.shuffle.partitions", "3")
                .config("spark.locality.wait", "0s")
                .config("spark.executor.heartbeatInterval", "1s")
                .config("spark.scheduler.barrier.maxConcurrentTasksCheck.interval", "1s")
                .getOrCreate();
        SparkSession.setActiveSession(session);
        return session;
    }

    /**
     * Runs work on the driver and, when the first task begins of the so-many-th stage that was started in a source file, ends an
     * executor by force.
     */
    static <T> T killing(String file, int stage, Callable<T> work) throws Exception {
        AtomicInteger seen = new AtomicInteger();
        AtomicBoolean killed = new AtomicBoolean();
        SparkListener killer = new SparkListener() {
            private final Set<Integer> stages = new HashSet<>();

            @Override
            public void onStageSubmitted(SparkListenerStageSubmitted submitted) {
                if (submitted.stageInfo().name().contains(file) && seen.incrementAndGet() == stage) {
                    stages.add(submitted.stageInfo().stageId());
                }
            }

            @Override
            public void onTaskStart(SparkListenerTaskStart started) {
                if (stages.remove(started.stageId())) {
                    killExecutor();
                    killed.set(true);
                }
            }
        };
        session().sparkContext().addSparkListener(killer);
        try {
            T result = work.call();
            assertTrue(killed.get(), "no executor was killed");
            return result;
        } finally {
            session().sparkContext().removeSparkListener(killer);
        }
    }

    /** This process starts no others. */
    private static void killExecutor() {
        ProcessHandle.current()
                .descendants()
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no executor runs"))
                .destroyForcibly();
    }

    /** This process's class path, absolute, without jars whose name begins in some way. */
    static String classPath(String without) {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .filter(path ->
                        without.isEmpty() || !path.getFileName().toString().startsWith(without))
                .map(path -> path.toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }
}
