package org.ldae.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ldae.core.ImageShape;
import org.ldae.core.Rng;
import org.ldae.data.Decoding;
import org.ldae.data.Picture;
import org.nd4j.linalg.factory.Nd4j;

/** GeoTIFFs of six bands, from the files to the probe. */
class TrainOnBandsTest {

    @TempDir
    private Path dir;

    private double top1(String subject) throws IOException {
        for (JsonElement each : JsonParser.parseString(Files.readString(dir.resolve("results.json")))
                .getAsJsonObject()
                .getAsJsonArray("scores")) {
            boolean averaged =
                    each.getAsJsonObject().get("readout").getAsString().equals("averaged");
            if (averaged && each.getAsJsonObject().get("subject").getAsString().equals(subject)) {
                return each.getAsJsonObject().get("top1").getAsDouble();
            }
        }
        throw new AssertionError("no score of " + subject + " in " + Files.readString(dir.resolve("results.json")));
    }

    @Test
    void theEncoderSeesWhatRawBandsDoNotTell() throws IOException {
        assertEquals(
                0,
                Cli.run(
                        new TrainOnBands(),
                        "--made=60",
                        "--epochs=4",
                        "--width=32",
                        "--depth=2",
                        "--seed=3",
                        "--out=" + dir));
        double encoder = top1("l-DAE");
        assertTrue(encoder > top1("raw pixels") + 0.2, "l-DAE " + encoder + ", raw bands " + top1("raw pixels"));
        assertEquals(
                320,
                Nd4j.createFromNpyFile(dir.resolve("embeddings.npy").toFile()).size(0));
    }

    @Test
    void allSixteenBitsOfEachBandComeBack() throws IOException {
        int[] samples = {0, 65_535, 1, 2, 3, 4, 10, 20, 30, 40, 50, 60, 7, 7, 7, 7, 7, 7, 65_535, 0, 5, 5, 5, 32_768};
        Path file = dir.resolve("two.tif");
        GeoTiff.write(file, 2, 6, samples);
        float[] pixels = new float[24];
        Picture.of(file).read(new ImageShape(6, 2, 2), Decoding.ofBands(0, 1, 2, 3, 4, 5), pixels, 0);
        for (int band = 0; band < 6; band++) {
            for (int pixel = 0; pixel < 4; pixel++) {
                double level = (pixels[band * 4 + pixel] + 1) / 2 * 65_535;
                assertEquals(samples[pixel * 6 + band], level, 129, "band %d, pixel %d".formatted(band, pixel));
            }
        }
    }

    @Test
    void aSetIsMadeTheSameAgain() throws IOException {
        MadeFields.write(dir.resolve("a"), 1, 1, Rng.of(5));
        MadeFields.write(dir.resolve("b"), 1, 1, Rng.of(5));
        String file = "train/small-warm/small-warm-0000.tif";
        assertEquals(
                -1,
                Files.mismatch(dir.resolve("a").resolve(file), dir.resolve("b").resolve(file)));
        assertTrue(Files.mismatch(dir.resolve("a").resolve(file), dir.resolve("a/test/small-warm/small-warm-0000.tif"))
                >= 0);
    }
}
