package org.ldae.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.api.java.function.FilterFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.ldae.core.Rng;
import org.ldae.data.Picture;
import org.ldae.inference.Features;
import org.ldae.inference.Predictor;
import org.ldae.models.LatentDAE;
import org.ldae.training.Training;

/** Features of pictures in executors have the bits of a predictor here, whatever becomes of the executors. */
class PictureFeaturesTest {

    @TempDir
    private Path dir;

    private Path model;
    private Path pictures;

    @BeforeEach
    void makeModelAndPictures() throws IOException {
        model = dir.resolve("model.safetensors");
        try (LatentDAE untrained =
                LatentDAE.untrained(Bars.recipe(Training.epochs(1)), Bars.images(30, 1), Rng.of(4))) {
            untrained.save(model);
        }
        pictures = Bars.writePictures(dir.resolve("pictures"), 12);
        Files.write(pictures.resolve("broken.png"), new byte[] {1, 2, 3});
    }

    private Dataset<Row> read() {
        return Cluster.session().read().format("binaryFile").load(pictures.toString());
    }

    @ParameterizedTest
    @EnumSource
    void rowsHaveTheFeaturesOfTheirPicturesOrAReason(Fault fault) throws IOException {
        Fault.Strike strike = fault.at(dir.resolve("struck"));
        Path out = dir.resolve("features");
        // More partitions than rows: some are empty.
        Dataset<Row> some = read().repartition(16).filter((FilterFunction<Row>) row -> {
            strike.strike();
            return true;
        });
        PictureFeatures.of(Cluster.session(), model)
                .withFeatures(() -> Features.pyramid(1, 2))
                .transform(some)
                .write()
                .parquet(out.toString());
        assertEquals(fault != Fault.NONE, strike.struck());
        List<Row> rows =
                Cluster.session().read().parquet(out.toString()).orderBy("path").collectAsList();
        assertEquals(13, rows.size());
        try (LatentDAE here = LatentDAE.load(model);
                Predictor predictor = here.predictor(Features.pyramid(1, 2))) {
            for (Row row : rows) {
                Path file = Path.of(row.<String>getAs("path").substring("file:".length()));
                if (file.endsWith("broken.png")) {
                    assertNull(row.getAs("features"));
                    assertTrue(row.<String>getAs("error").contains("picture"), row.<String>getAs("error"));
                } else {
                    assertNull(row.getAs("error"));
                    List<Float> features = row.getList(row.fieldIndex("features"));
                    float[] numbers = new float[features.size()];
                    for (int i = 0; i < numbers.length; i++) {
                        numbers[i] = features.get(i);
                    }
                    assertArrayEquals(predictor.features(Picture.of(file)), numbers);
                }
            }
        }
    }

    @Test
    void wrongColumnsAndLostBytesAreSaid() throws IOException {
        PictureFeatures features = PictureFeatures.of(Cluster.session(), model);
        Dataset<Row> some = read();
        for (Dataset<Row> wrong : List.of(
                some.drop("content"),
                some.withColumn("content", some.col("path")),
                some.withColumn("error", some.col("path")))) {
            Exception failed = assertThrows(IllegalArgumentException.class, () -> features.transform(wrong));
            assertTrue(String.valueOf(failed.getMessage()).contains("expected"), failed.getMessage());
        }
        Dataset<Row> lost = Cluster.session().sql("select 'a' as path, cast(null as binary) as bytes");
        assertEquals(
                "no bytes", features.withColumn("bytes").transform(lost).first().getAs("error"));
        assertEquals(0, features.transform(some.limit(0)).count());
    }
}
