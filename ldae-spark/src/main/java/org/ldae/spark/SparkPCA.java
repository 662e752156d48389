package org.ldae.spark;

import java.io.IOException;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.ldae.core.ImageShape;
import org.ldae.core.Progress;
import org.ldae.core.Stage;
import org.ldae.data.Picture;
import org.ldae.inference.Items;
import org.ldae.tokenizers.linear.PatchPCA;
import org.ldae.tokenizers.linear.PatchRanges;
import scala.Tuple2;

/**
 * Fits {@link PatchPCA} on the pictures of a DataFrame: the bits of a fit in one process over the same pictures in the order of
 * their paths, on the same kind of processor, however many executors there are.
 *
 * <pre>{@code
 * Dataset<Row> pictures = spark.read().format("binaryFile").load("hdfs:///pictures");
 * PatchPCA tokenizer = SparkPCA.fit(pictures, new ImageShape(3, 32, 32), PatchPCA.patch(4).components(12), progress);
 * }</pre>
 */
public final class SparkPCA {

    private SparkPCA() {}

    /**
     * Finds the principal components of all patches of the pictures, which are sorted by their paths and shuffled to the tasks that
     * sum their ranges as they are: files' bytes, decoded there.
     *
     * @param pictures with the columns {@code path} (string, no two the same) and {@code content} (bytes of a picture's file)
     * @param shape {@code [C, H, W]} with C = 1 or 3; for a square shape pictures are resized as in a folder
     * @param options patch side, components and how to go about it
     * @param progress told on the driver as ranges of pictures end
     * @return the fitted tokenizer
     * @throws IllegalArgumentException if a column is missing, or as {@link PatchPCA#fit}
     * @throws IllegalStateException if a picture can't be decoded, or a task fails again and again
     * @throws InterruptedException if this thread is interrupted
     */
    public static PatchPCA fit(Dataset<Row> pictures, ImageShape shape, PatchPCA.Options options, Progress progress)
            throws InterruptedException {
        Columns.require(pictures.schema(), "path", DataTypes.StringType);
        Columns.require(pictures.schema(), "content", DataTypes.BinaryType);
        Plan plan =
                new Plan(options, shape, Math.toIntExact(pictures.select("path").count()));
        PatchRanges ranges = plan.ranges();
        JavaPairRDD<Long, File> files = pictures.select("path", "content")
                .orderBy("path")
                .toJavaRDD()
                .zipWithIndex()
                .mapToPair(row -> new Tuple2<>(
                        row._2(), new File(row._1().getString(0), row._1().getAs(1))))
                .repartitionAndSortWithinPartitions(new ByRange(plan));
        double[] centre = centre(ranges, files, shape);
        PatchRanges.Total total = new PatchRanges.Total(centre);
        Stage stage = new Stage("patch moments", ranges.count(), progress);
        PartitionJob.run(files.map(numbered -> numbered), rest -> plan.sum(rest, centre), (range, sums) -> {
            total.add(range, sums);
            stage.next(Map.of());
        });
        return ranges.fit(options, total);
    }

    private static double[] centre(PatchRanges ranges, JavaPairRDD<Long, File> files, ImageShape shape) {
        Map<Long, File> some = new TreeMap<>();
        var wanted =
                Arrays.stream(ranges.centreImages()).mapToObj(i -> (long) i).collect(Collectors.toSet());
        files.filter(file -> wanted.contains(file._1()))
                .take(wanted.size())
                .forEach(file -> some.put(file._1(), file._2()));
        return ranges.centre((index, destination, offset) -> {
            File file = some.get((long) index);
            if (file == null) {
                throw changed("number " + index);
            }
            file.read(shape, destination, offset);
        });
    }

    private static IllegalStateException changed(String missing) {
        return new IllegalStateException(
                "pictures: expected the same rows at each reading, %s is missing; did the source change, or does a column hold random numbers?"
                        .formatted(missing));
    }

    /** A picture's file, decoded in the task that sums it. */
    private static final class File implements Serializable {
        private static final long serialVersionUID = 1;
        private final String path;
        private final byte[] content;

        File(String path, byte[] content) {
            this.path = path;
            this.content = content;
        }

        void read(ImageShape shape, float[] destination, int offset) {
            try {
                float[] pixels = Picture.of(content).named(path).pixels(shape);
                System.arraycopy(pixels, 0, destination, offset, pixels.length);
            } catch (IOException e) {
                throw new IllegalStateException(
                        "%s; leave such rows out, PictureFeatures names them all".formatted(e.getMessage()), e);
            }
        }
    }

    /** What tasks know of the fit. */
    private record Plan(PatchPCA.Options options, ImageShape shape, int count) implements Serializable {

        PatchRanges ranges() {
            return PatchRanges.of(options, shape, count);
        }

        /** The sums of a range, whose pictures come in their order. */
        PatchRanges.Sums sum(Iterator<Tuple2<Long, File>> files, double[] centre) {
            if (!files.hasNext()) {
                throw changed("a whole range");
            }
            Tuple2<Long, File> first = files.next();
            Items.Reader reader = new Items.Reader() {
                private Tuple2<Long, File> next = first;

                @Override
                public void read(int index, float[] destination, int offset) {
                    if (next._1() != index) {
                        throw changed("number " + index);
                    }
                    next._2().read(shape, destination, offset);
                    if (files.hasNext()) {
                        next = files.next();
                    }
                }
            };
            PatchRanges ranges = ranges();
            return ExecutorTask.run(() -> ranges.sum(ranges.rangeOf(Math.toIntExact(first._1())), centre, reader));
        }
    }

    /** A partition a range. */
    private static final class ByRange extends Partitioner {
        private static final long serialVersionUID = 1;
        private final int[] firsts;

        ByRange(Plan plan) {
            PatchRanges ranges = plan.ranges();
            firsts = new int[ranges.count()];
            Arrays.setAll(firsts, ranges::first);
        }

        @Override
        public int numPartitions() {
            return firsts.length;
        }

        @Override
        public int getPartition(Object index) {
            int at = Arrays.binarySearch(firsts, Math.toIntExact((long) index));
            return at >= 0 ? at : -at - 2;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof ByRange same && Arrays.equals(firsts, same.firsts);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(firsts);
        }
    }
}
