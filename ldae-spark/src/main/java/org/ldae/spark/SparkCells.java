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
 * study.withExecutor(SparkCells.of(spark, work)).run(data, Path.of("out/study"), Progress.console());
 * }</pre>
 *
 * <p>The driver fits the tokenizers that cells share, sends them along, and alone writes results, as cells end. A cell of an
 * executor that was lost runs again elsewhere, to the same numbers.
 */
public final class SparkCells implements CellExecutor {

    private final JavaSparkContext spark;
    private final Work work;

    /** What an executor makes of a study: the same as the driver's, from options and files that it can reach. */
    public interface Work extends Serializable {

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

    private SparkCells(JavaSparkContext spark, Work work) {
        this.spark = spark;
        this.work = work;
    }

    /**
     * The executors of a session.
     *
     * @param spark the session
     * @param work makes study and images in an executor
     * @return where cells run
     */
    public static SparkCells of(SparkSession spark, Work work) {
        return new SparkCells(new JavaSparkContext(spark.sparkContext()), work);
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
            Work sent = work;
            PartitionJob.run(
                    ids,
                    cell -> SharedInExecutor.get(run, Place.class, () -> new Place(sent, tokenizers.value()))
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
    private record Sent(String json, Map<String, byte[]> pictures) implements Serializable {

        static Sent of(CellResult result) throws IOException {
            Map<String, byte[]> pictures = new HashMap<>();
            for (Map.Entry<String, BufferedImage> picture : result.pictures().entrySet()) {
                ByteArrayOutputStream png = new ByteArrayOutputStream();
                ImageIO.write(picture.getValue(), "png", png);
                pictures.put(picture.getKey(), png.toByteArray());
            }
            return new Sent(result.toJson(), pictures);
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

    /** The study in an executor. */
    private static final class Place implements AutoCloseable {
        private final Study study;
        private final Dataset data;
        private final Path folder;

        Place(Work work, Map<String, byte[]> tokenizers) throws IOException {
            study = work.study();
            data = work.data();
            folder = Files.createTempDirectory("ldae-cells");
            Path own = Files.createDirectories(folder.resolve("tokenizers"));
            for (Map.Entry<String, byte[]> file : tokenizers.entrySet()) {
                Files.write(own.resolve(file.getKey()), file.getValue());
            }
        }

        Sent run(String id) throws IOException {
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
            return Sent.of(result);
        }

        @Override
        public void close() throws IOException {
            LocalFiles.delete(folder);
        }
    }
}
