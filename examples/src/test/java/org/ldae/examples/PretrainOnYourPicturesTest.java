package org.ldae.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ldae.data.NamedSet;
import org.ldae.inference.Features;
import org.ldae.models.PlainEncoder;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Pretraining in small, from the command line to its files. */
class PretrainOnYourPicturesTest {

    @TempDir
    private Path dir;

    @Test
    void theSampleBecomesAnEncoderEmbeddingsAndPictures() throws IOException {
        JsonObject result = run("--limit", "80");
        assertEquals(80, result.get("trainImages").getAsInt());
        double share = result.get("neighboursOfTheSameClass").getAsDouble();
        assertTrue(share > 0.2 && share <= 1, () -> "chance is 0.1, got " + share);
        INDArray saved =
                Nd4j.createFromNpyFile(dir.resolve("out/embeddings.npy").toFile());
        assertArrayEquals(new long[] {160, 32}, saved.shape());
        try (PlainEncoder encoder = PlainEncoder.load(dir.resolve("out/encoder.safetensors"))) {
            INDArray again =
                    encoder.represent(NamedSet.FASHION_MNIST.sample().test().limit(80), Features.pooled());
            assertArrayEquals(
                    again.getRow(79).toFloatVector(), saved.getRow(159).toFloatVector());
        }
        List<String> lines = Files.readAllLines(dir.resolve("out/embeddings.csv"));
        assertEquals(161, lines.size());
        assertTrue(lines.get(1).startsWith("0,train,Ankle boot," + saved.getFloat(0, 0)), lines.get(1));
        assertTrue(lines.get(160).startsWith("79,test,"), lines.get(160));
        for (String picture : List.of("neighbours.png", "map.png", "loss.png")) {
            assertTrue(
                    ImageIO.read(dir.resolve("out").resolve(picture).toFile()).getWidth() > 100, picture);
        }
    }

    @Test
    void anyRowOfTheLadderBecomesAnEncoderToo() throws IOException {
        JsonObject result = run("--limit", "80", "--recipe", "light-noise", "--beta2", "0.95", "--batch", "40");
        assertEquals(0.75, TrainLatentDaeTest.droppedShare(result));
        try (PlainEncoder encoder = PlainEncoder.load(dir.resolve("out/encoder.safetensors"))) {
            assertEquals(2, encoder.blocks());
        }
    }

    @Test
    void picturesNeedNeitherLabelsNorOneSizeNorToBeWhole() throws IOException {
        Path pictures = Files.createDirectories(dir.resolve("pictures/deeper"));
        for (int i = 0; i < 24; i++) {
            BufferedImage picture = new BufferedImage(40 + i, 50 - i, BufferedImage.TYPE_INT_RGB);
            for (int x = 0; x < picture.getWidth(); x++) {
                picture.setRGB(x, x % picture.getHeight(), 0x0a0906 * i);
            }
            ImageIO.write(
                    picture,
                    "png",
                    pictures.resolve("one, \"two\" " + i + ".png").toFile());
        }
        Files.write(pictures.resolve("broken.png"), new byte[] {1, 2, 3});
        String[] data = {
            "--data", "pictures:" + dir.resolve("pictures"), "--side", "16", "--skip", "1", "--batch", "8", "--crop"
        };
        JsonObject result = run(data);
        assertTrue(result.get("skipped").getAsString().endsWith("broken.png"));
        assertEquals(22, result.get("trainImages").getAsInt());
        assertEquals(2, result.get("testImages").getAsInt());
        assertFalse(result.has("neighboursOfTheSameClass"));
        List<String> lines = Files.readAllLines(dir.resolve("out/embeddings.csv"));
        assertEquals(25, lines.size());
        assertTrue(lines.get(1).startsWith("\"" + pictures.resolve("one, \"\"two\"\" ")), lines.get(1));
        assertTrue(lines.get(1).contains(".png\",train,,"), lines.get(1));

        String[] packed = Arrays.copyOf(data, data.length + 2);
        packed[data.length] = "--packed";
        packed[data.length + 1] = dir.resolve("packed").toString();
        assertEquals(result.get("provenance"), run(packed).get("provenance"));
        try (Stream<Path> files = Files.list(dir.resolve("packed"))) {
            assertEquals(2, files.count());
        }
    }

    @Test
    void aFewPicturesAreEnough() throws IOException {
        Path pictures = Files.createDirectories(dir.resolve("pictures"));
        for (int i = 0; i < 12; i++) {
            BufferedImage picture = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
            for (int p = 0; p < 256; p++) {
                picture.setRGB(p % 16, p / 16, p * (i + 3) * 7919);
            }
            ImageIO.write(picture, "png", pictures.resolve(i + ".png").toFile());
        }
        JsonObject result = run("--data", "pictures:" + pictures, "--side", "16", "--batch", "4");
        assertEquals(1, result.get("testImages").getAsInt());
        assertEquals(13, Files.readAllLines(dir.resolve("out/embeddings.csv")).size());
    }

    @Test
    void optionsThatDoNotFitTheDataAreRefused() {
        for (String[] wrong :
                new String[][] {{"--download"}, {"--skip", "1"}, {"--data", "imagenet:x"}, {"--data", "mnist:" + dir}
                }) {
            assertEquals(1, Cli.run(new PretrainOnYourPictures(), wrong), String.join(" ", wrong));
        }
    }

    private JsonObject run(String... data) throws IOException {
        String[] small = {
            "--epochs",
            "1",
            "--width",
            "32",
            "--depth",
            "2",
            "--out",
            dir.resolve("out").toString()
        };
        String[] all = Stream.of(small, data).flatMap(Stream::of).toArray(String[]::new);
        assertEquals(0, Cli.run(new PretrainOnYourPictures(), all));
        return JsonParser.parseString(Files.readString(dir.resolve("out/result.json")))
                .getAsJsonObject();
    }
}
