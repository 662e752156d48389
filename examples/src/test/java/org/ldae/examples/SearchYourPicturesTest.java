package org.ldae.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ldae.examples.PictureIndex.Neighbour;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Planted pictures are found: a copy among the near-duplicates, the odd one among the outliers. */
class SearchYourPicturesTest {

    private static final int SIDE = 32;
    private static final int PICTURES = 70;

    @TempDir
    private Path dir;

    private interface Painter {
        double at(int x, int y);
    }

    private static BufferedImage painted(Painter painter) {
        BufferedImage picture = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
        for (int p = 0; p < SIDE * SIDE; p++) {
            int level = (int) Math.round(Math.max(0, Math.min(1, painter.at(p % SIDE, p / SIDE))) * 255);
            picture.setRGB(p % SIDE, p / SIDE, level << 16 | level << 8 | level);
        }
        return picture;
    }

    /** Soft waves of some direction, length and brightness. */
    private static BufferedImage wave(RandomGenerator random) {
        double turn = random.nextDouble() * Math.PI;
        double length = 0.2 + 0.3 * random.nextDouble();
        double mean = 0.3 + 0.4 * random.nextDouble();
        return painted((x, y) ->
                mean + 0.3 * Math.sin(length * (x * Math.cos(turn) + y * Math.sin(turn))) + 0.02 * random.nextDouble());
    }

    private Path pictures() throws IOException {
        Path folder = Files.createDirectory(dir.resolve("pictures"));
        RandomGenerator random = new java.util.Random(1);
        for (int i = 0; i < PICTURES; i++) {
            write(wave(random), folder.resolve("wave-%02d.png".formatted(i)));
        }
        Files.copy(folder.resolve("wave-07.png"), folder.resolve("copy.png"));
        write(painted((x, y) -> random.nextBoolean() ? 0 : 1), folder.resolve("odd.png"));
        return folder;
    }

    private static void write(BufferedImage picture, Path file) throws IOException {
        assertTrue(ImageIO.write(picture, "png", file.toFile()));
    }

    private static String name(JsonElement pair, int at) {
        String file = pair.getAsJsonArray().get(at).getAsString();
        return file.substring(file.lastIndexOf('/') + 1);
    }

    @Test
    void theCopyTheOddOneAndTheAskedForAreFound() throws IOException {
        Path folder = pictures();
        Path query = Files.copy(folder.resolve("wave-11.png"), dir.resolve("query.png"));
        assertEquals(
                0,
                Cli.run(
                        new SearchYourPictures(),
                        "--data=pictures:" + folder,
                        "--side=" + SIDE,
                        "--width=32",
                        "--depth=2",
                        "--epochs=2",
                        "--query=" + query,
                        "--out=" + dir));
        JsonObject found = JsonParser.parseString(Files.readString(dir.resolve("search.json")))
                .getAsJsonObject();
        assertEquals(PICTURES + 2, found.get("pictures").getAsInt());
        JsonArray nearest = found.getAsJsonArray("duplicates").get(0).getAsJsonArray();
        List<String> pair = new ArrayList<>(List.of(name(nearest, 0), name(nearest, 1)));
        pair.sort(null);
        assertEquals(List.of("copy.png", "wave-07.png"), pair);
        assertEquals(0, nearest.get(2).getAsDouble(), 1e-3);
        assertEquals("odd.png", name(found.getAsJsonArray("outliers").get(0), 0));
        JsonArray answers =
                found.getAsJsonArray("queries").get(0).getAsJsonObject().getAsJsonArray(query.toString());
        assertEquals("wave-11.png", name(answers.get(0), 0));
        assertEquals(7, answers.size());
        String page = Files.readString(dir.resolve("search.html"));
        for (String part : List.of("Near-duplicates", "odd.png", "copy.png", "data:image/png;base64,")) {
            assertTrue(page.contains(part), part);
        }
    }

    @Test
    void theSampleIsSearchedWithoutAFolder() throws IOException {
        assertEquals(
                0,
                Cli.run(
                        new SearchYourPictures(),
                        "--limit=100",
                        "--width=32",
                        "--depth=2",
                        "--epochs=1",
                        "--out=" + dir));
        JsonObject found = JsonParser.parseString(Files.readString(dir.resolve("search.json")))
                .getAsJsonObject();
        assertEquals(200, found.get("pictures").getAsInt());
        assertEquals(6, found.getAsJsonArray("queries").size());
        assertTrue(name(found.getAsJsonArray("outliers").get(0), 0).matches("(training|test) \\d+, .*"));
    }

    @Test
    void theIndexHasTheNeighboursOfAllDistances() throws IOException {
        INDArray rows = Nd4j.rand(Nd4j.getRandomFactory().getNewRandomInstance(3), 500, 12);
        List<List<Neighbour>> near = PictureIndex.of(rows).neighbours(3);
        int same = 0;
        for (int i = 0; i < 500; i++) {
            INDArray distances = rows.subRowVector(rows.getRow(i)).norm2(1);
            distances.putScalar(i, Double.MAX_VALUE);
            for (Neighbour each : near.get(i)) {
                assertEquals(distances.getDouble(each.picture()), each.distance(), 1e-3);
            }
            same += near.get(i).get(0).picture() == Nd4j.argMin(distances).getInt(0) ? 1 : 0;
        }
        assertTrue(same >= 490, "nearest found of 500: " + same);
    }
}
