package org.ldae.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.function.FilterFunction;
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
import org.ldae.core.ImageShape;
import org.ldae.core.Progress;
import org.ldae.data.Decoding;
import org.ldae.data.FolderOptions;
import org.ldae.data.ImageSource;
import org.ldae.data.Picture;
import org.ldae.tokenizers.linear.PatchPCA;

/** A fit over executors has the bits of the fit here, whatever becomes of the executors. */
class SparkPCATest {

    /** So large that a block holds few. */
    private static final ImageShape SHAPE = new ImageShape(1, 512, 512);

    private static final PatchPCA.Options OPTIONS = PatchPCA.patch(4).components(6);

    @TempDir
    private Path dir;

    private Dataset<Row> rows(List<Path> files, int copies) throws IOException {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < copies; i++) {
            for (Path file : files) {
                rows.add(RowFactory.create("%03d/%s".formatted(i, file.getFileName()), Files.readAllBytes(file)));
            }
        }
        StructType schema = DataTypes.createStructType(new StructField[] {
            DataTypes.createStructField("path", DataTypes.StringType, false),
            DataTypes.createStructField("content", DataTypes.BinaryType, false)
        });
        return Cluster.session().createDataFrame(rows, schema).repartition(5);
    }

    private List<Path> files() throws IOException {
        Path folder = Bars.writePictures(dir.resolve("pictures"), 12);
        try (var files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    @ParameterizedTest
    @EnumSource
    void theFitHasTheBitsOfAFitHere(Fault fault) throws Exception {
        List<Path> files = files();
        List<Picture> pictures = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            files.forEach(file -> pictures.add(Picture.of(file)));
        }
        ImageSource here = ImageSource.pictures(FolderOptions.square(512).withDecoding(Decoding.grey()), pictures);
        PatchPCA expected = PatchPCA.fit(here, OPTIONS);
        Fault.Strike strike = fault.at(dir.resolve("struck"));
        // One partition is empty.
        Dataset<Row> all = rows(files, 5).union(rows(files, 1).limit(0));
        Dataset<Row> rows = all.filter((FilterFunction<Row>) row -> {
            if (fault == Fault.EXCEPTION) {
                strike.strike();
            }
            return true;
        });
        List<Long> done = new ArrayList<>();
        Progress progress = event -> done.add(event.done());
        PatchPCA fitted = fault == Fault.KILLED
                ? Cluster.killing("PartitionJob", 1, () -> SparkPCA.fit(rows, SHAPE, OPTIONS, progress))
                : SparkPCA.fit(rows, SHAPE, OPTIONS, progress);
        assertEquals(expected.tensors(), fitted.tensors());
        assertEquals(fault == Fault.EXCEPTION, strike.struck());
        assertTrue(done.size() > 1, "ranges: " + done);
    }

    @Test
    void brokenPicturesWrongColumnsAndTooFewRowsAreSaid() throws Exception {
        List<Path> files = new ArrayList<>(files());
        Dataset<Row> rows = rows(files, 1);
        assertSays(
                "'content' of type binary", () -> SparkPCA.fit(rows.drop("content"), SHAPE, OPTIONS, Progress.none()));
        assertSays("got 0 from 0 images", () -> SparkPCA.fit(rows.limit(0), SHAPE, OPTIONS, Progress.none()));
        files.add(Files.write(dir.resolve("broken.png"), new byte[] {1, 2, 3}));
        assertSays("000/broken.png", () -> SparkPCA.fit(rows(files, 1), SHAPE, OPTIONS, Progress.none()));
    }

    private static void assertSays(String expected, org.junit.jupiter.api.function.Executable work) {
        Exception failed = assertThrows(RuntimeException.class, work);
        assertTrue(String.valueOf(failed.getMessage()).contains(expected), failed.getMessage());
    }
}
