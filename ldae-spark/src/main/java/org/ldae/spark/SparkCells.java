package org.ldae.spark;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.ldae.core.Progress;
import org.ldae.data.Dataset;
import org.ldae.study.Cell;
import org.ldae.study.CellExecutor;
import org.ldae.study.CellResult;
import org.ldae.study.Study;

/**
 * Runs the cells of a study as Spark's tasks, one a cell.
 *
 * <pre>{@code
 * study.withExecutor(SparkCells.of(spark, factory)).run(data, Path.of("out/study"), Progress.console());
 * }</pre>
 *
 * <p>The driver fits the tokenizers that cells share, sends them along, and alone writes results, as cells end. A cell of an
 * executor that was lost runs again elsewhere, to the same numbers.
 */
public final class SparkCells implements CellExecutor {

    private final JavaSparkContext spark;
    private final StudyFactory factory;

    /** What an executor makes of a study: the same as the driver's, from options and files that it can reach. */
    public interface StudyFactory extends Serializable {

        /**
         * The study; its executor is not looked at.
         *
         * @return with the same cells as the driver's
         */
        Study study();

        /**
         * The images, opened once an executor.
         *
         * @return the same images as the driver's
         * @throws IOException if they can't be read there
         */
        Dataset data() throws IOException;
    }

    private SparkCells(JavaSparkContext spark, StudyFactory factory) {
        this.spark = spark;
        this.factory = factory;
    }

    /**
     * The executors of a session.
     *
     * @param spark the session
     * @param factory makes study and images in an executor
     * @return where cells run
     */
    public static SparkCells of(SparkSession spark, StudyFactory factory) {
        return new SparkCells(new JavaSparkContext(spark.sparkContext()), factory);
    }

    @Override
    public void run(List<Cell> cells, Local local, Consumer<CellResult> ended) throws InterruptedException {
        if (cells.isEmpty()) {
            return;
        }
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (Cell cell : cells) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            read(local.fitTokenizers(cell), files);
        }
        Broadcast<Map<String, byte[]>> tokenizers = spark.broadcast(files);
        try {
            JavaRDD<String> ids = spark.parallelize(cells.stream().map(Cell::id).toList(), cells.size());
            String run = UUID.randomUUID().toString();
            StudyFactory sent = factory;
            PartitionJob.run(
                    ids,
                    cell -> SharedInExecutor.get(
                                    run,
                                    ExecutorStudy.class,
                                    () -> ExecutorStudy.open(sent, tokenizers.value(), folder()))
                            .run(cell.next()),
                    (partition, result) -> ended.accept(result.of(cells.get(partition))));
        } finally {
            tokenizers.destroy();
        }
    }

    private static void read(Path folder, Map<String, byte[]> files) {
        try (Stream<Path> all = Files.list(folder)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                String name = file.getFileName().toString();
                if (!files.containsKey(name)) {
                    files.put(name, Files.readAllBytes(file));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A result on its way to the driver. */
    private record SerializedResult(String json, Map<String, byte[]> pictures) implements Serializable {

        static SerializedResult of(CellResult result) throws IOException {
            Map<String, byte[]> pictures = new HashMap<>();
            for (Map.Entry<String, BufferedImage> picture : result.pictures().entrySet()) {
                ByteArrayOutputStream png = new ByteArrayOutputStream();
                ImageIO.write(picture.getValue(), "png", png);
                pictures.put(picture.getKey(), png.toByteArray());
            }
            return new SerializedResult(result.toJson(), pictures);
        }

        CellResult of(Cell cell) {
            CellResult r = CellResult.fromJson(json);
            Map<String, BufferedImage> drawn = new HashMap<>();
            try {
                for (Map.Entry<String, byte[]> png : pictures.entrySet()) {
                    drawn.put(png.getKey(), ImageIO.read(new ByteArrayInputStream(png.getValue())));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return new CellResult(
                    cell, r.metrics(), r.curves(), drawn, r.seconds(), r.ended(), r.settings(), r.provenance());
        }
    }

    private static Path folder() throws IOException {
        return Files.createTempDirectory("ldae-cells");
    }

    /**
     * The study in an executor.
     *
     * @param folder a temporary one of its own, with the tokenizers
     */
    record ExecutorStudy(Study study, Dataset data, Path folder) implements AutoCloseable {

        /** Deletes the folder if it fails. */
        static ExecutorStudy open(StudyFactory factory, Map<String, byte[]> tokenizers, Path folder)
                throws IOException {
            try {
                Path own = Files.createDirectories(folder.resolve("tokenizers"));
                for (Map.Entry<String, byte[]> file : tokenizers.entrySet()) {
                    Files.write(own.resolve(file.getKey()), file.getValue());
                }
                return new ExecutorStudy(factory.study(), factory.data(), folder);
            } catch (IOException | RuntimeException e) {
                LocalFiles.delete(folder);
                throw e;
            }
        }

        SerializedResult run(String id) throws IOException {
            Cell cell = study.cells(data).stream()
                    .filter(each -> each.id().equals(id))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException(
                            "cell: expected one of the study that the executor made, got %s; is it the driver's study?"
                                    .formatted(id)));
            CellResult result = ExecutorTask.run(() -> {
                try {
                    return study.run(cell, data, folder, Progress.none());
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            return SerializedResult.of(result);
        }

        @Override
        public void close() throws IOException {
            LocalFiles.delete(folder);
        }
    }
}
