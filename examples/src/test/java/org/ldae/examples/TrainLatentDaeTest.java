package org.ldae.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The main job in small, from the command line to its files. */
class TrainLatentDaeTest {

    @TempDir
    private Path out;

    @Test
    void writesResultPicturesAndCheckpointAndGivesTheSameNumbersAgain() throws IOException {
        JsonObject first = train(out.resolve("a"));
        JsonObject second = train(out.resolve("b"));
        JsonArray scores = scores(first);
        assertEquals(scores.size(), scores(second).size());
        for (int i = 0; i < scores.size(); i++) {
            JsonObject score = scores.get(i).getAsJsonObject();
            double top1 = score.get("top1").getAsDouble();
            // The average of all pixels tells little of ten classes.
            assertTrue(top1 > 0.1 && top1 < 1, score.toString());
            assertEquals(
                    top1, scores(second).get(i).getAsJsonObject().get("top1").getAsDouble(), score.toString());
        }
        Set<String> subjects = scores.asList().stream()
                .map(score -> score.getAsJsonObject().get("subject").getAsString())
                .collect(Collectors.toSet());
        assertEquals(Set.of("l-DAE", "untrained", "raw pixels", "PCA", "patch dictionary"), subjects);
        JsonObject evaluation = first.getAsJsonObject("evaluation");
        assertEquals(300, evaluation.get("trainingImages").getAsInt());
        assertEquals(300, evaluation.get("testImages").getAsInt());
        assertEquals("2 epochs", first.get("length").getAsString());
        for (String file : List.of("loss.csv", "loss.png", "denoised.png", "checkpoint.safetensors")) {
            assertTrue(Files.size(out.resolve("a").resolve(file)) > 100, file);
        }
        assertEquals(Files.readString(out.resolve("a/loss.csv")), Files.readString(out.resolve("b/loss.csv")));
    }

    @Test
    void badInputIsOneLineThatNamesTheThing() throws IOException {
        assertTrue(failure("--data", "elephants").contains("--data: expected sample"));
        assertTrue(failure("--patch", "5", "--limit", "100").contains("patch: expected a divisor"));
        assertTrue(failure("--data", "cifar10:" + out).contains(out.toString()));
        assertTrue(failure("--data", "folder:" + Files.createDirectory(out.resolve("empty")))
                .contains("empty"));
        Path file = Files.writeString(out.resolve("file"), "taken");
        assertTrue(failure("--limit", "100", "--out", file.toString()).contains("file"));
        assertEquals("taken", Files.readString(file));
        assertTrue(failure("--limit", "100", "--resume").contains("checkpoint.safetensors"));
        assertTrue(failure("--limit", "100", "--epochs", "1", "--flops", "1e9").contains("--epochs and --flops"));
        assertTrue(failure("--limit", "100", "--flops", "-3").contains("-3"));
    }

    @Test
    void aCheckpointOfAnotherRecipeIsRefused() throws IOException {
        train(out.resolve("a"));
        String message =
                failure("--limit", "300", "--resume", "--out", out.resolve("a").toString(), "--epochs", "3");
        assertTrue(message.matches("(?s).*training\\.\\S*=2(\\.0)? -> 3.*"), message);
        String seeds =
                failure("--limit", "300", "--resume", "--out", out.resolve("a").toString(), "--seed", "2");
        assertTrue(seeds.contains("seed=1 -> 2"), seeds);
    }

    @Test
    void aResumedRunTellsTheTimeOfAllSessions() throws IOException {
        JsonObject whole = train(out.resolve("a"));
        JsonObject resumed = train(out.resolve("a"), "--batch", "50", "--resume"); // at its end: nothing is left to do
        for (String number : List.of("seconds.train", "imagesPerSecond")) {
            assertEquals(whole.get(number), resumed.get(number), number);
        }
    }

    /** Its targets are patches normalised by themselves, which tell no image to draw. */
    @Test
    void anyRungOfTheLadderIsTrainedForABudgetOfArithmetic() throws IOException {
        JsonObject result = train(out.resolve("light"), "--recipe", "light-noise", "--flops", "2e9", "--batch", "50");
        assertEquals(2e9, result.get("flops").getAsDouble(), 3e8);
        assertEquals(0.75, droppedShare(result));
        assertFalse(Files.exists(out.resolve("light/denoised.png")));
        assertTrue(failure("--recipe", "sideways", "--limit", "100").contains("light-noise"));
    }

    @Test
    void aUNetTakesTheTransformersPlace() throws IOException {
        JsonObject result =
                train(out.resolve("unet"), "--network", "unet", "--batch", "50", "--levels", "many", "--decay", "0.05");
        JsonObject recipe = result.getAsJsonObject("recipe");
        assertEquals(8, recipe.getAsJsonObject("denoiser").get("channels").getAsInt());
        assertTrue(recipe.toString().contains("0.05"), recipe.toString());
        String message = failure("--network", "unet", "--recipe", "light-noise", "--limit", "100");
        assertTrue(message.contains("vision transformer"), message);
    }

    @Test
    void anInterruptEndsWithItsOwnStatus() {
        Thread.currentThread().interrupt();
        int status = Cli.run(new TrainLatentDae(), "--limit", "100", "--out", out.toString());
        Thread.interrupted();
        assertEquals(Cli.INTERRUPTED, status);
    }

    @Test
    void aFewPicturesAreEnough() throws IOException {
        pictures("cat", 12);
        pictures("dog", 9);
        JsonObject result = train(out.resolve("few"), "--data", "folder:" + out.resolve("pictures"), "--batch", "8");
        assertEquals(2, result.getAsJsonObject("evaluation").get("testImages").getAsInt());
        assertTrue(Files.size(out.resolve("few/denoised.png")) > 100);
    }

    @Test
    void whatCanBeKnownIsSaidBeforeTheFirstStep() throws IOException {
        pictures("cat", 4);
        String data = "folder:" + out.resolve("pictures");
        assertTrue(failure("--data", data).contains("at least two classes"));
        assertTrue(failure("--data", data.replace("folder", "pictures")).contains("with classes to probe"));
        pictures("dog", 4);
        assertTrue(failure("--data", data, "--limit", "2").contains("more than one of some"));
        Path broken = Files.createDirectories(out.resolve("split/test/a")).resolve("broken.png");
        Files.createDirectories(out.resolve("split/train/a"));
        Files.createDirectories(out.resolve("split/train/b"));
        Files.createDirectories(out.resolve("split/test/b"));
        for (String file : List.of("train/a/1.png", "train/b/1.png", "train/b/2.png", "test/b/1.png")) {
            Files.copy(out.resolve("pictures/cat/1.png"), out.resolve("split").resolve(file));
        }
        byte[] whole = Files.readAllBytes(out.resolve("pictures/cat/1.png"));
        Files.write(broken, Arrays.copyOf(whole, whole.length / 2));
        String message = failure("--data", "folder:" + out.resolve("split"));
        assertTrue(message.contains("broken.png"), message);
        assertFalse(Files.exists(out.resolve("unused")), "nothing was begun");
    }

    private void pictures(String name, int count) throws IOException {
        Path folder = Files.createDirectories(out.resolve("pictures").resolve(name));
        for (int i = 1; i <= count; i++) {
            BufferedImage picture = new BufferedImage(28, 28, BufferedImage.TYPE_INT_RGB);
            for (int p = 0; p < 28 * 28; p++) {
                picture.setRGB(p % 28, p / 28, p * i * 7919 + name.hashCode());
            }
            ImageIO.write(picture, "png", folder.resolve(i + ".png").toFile());
        }
    }

    /** Share of tokens that the recipe of a run drops. */
    static double droppedShare(JsonObject result) {
        return result.getAsJsonObject("recipe")
                .getAsJsonObject("dropping")
                .get("share")
                .getAsDouble();
    }

    private static JsonArray scores(JsonObject result) {
        return result.getAsJsonObject("evaluation").getAsJsonArray("scores");
    }

    private JsonObject train(Path folder, String... more) throws IOException {
        List<String> args =
                new ArrayList<>(List.of("--limit", "300", "--width", "32", "--depth", "2", "--out", folder.toString()));
        args.addAll(more.length == 0 ? List.of("--batch", "50") : List.of(more));
        if (!args.contains("--flops")) {
            args.addAll(List.of("--epochs", "2"));
        }
        int status = Cli.run(new TrainLatentDae(), args.toArray(String[]::new));
        assertEquals(0, status);
        return JsonParser.parseString(Files.readString(folder.resolve("result.json")))
                .getAsJsonObject();
    }

    private String failure(String... args) {
        PrintStream before = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            String[] all = new String[args.length + 2];
            all[0] = "--out";
            all[1] = out.resolve("unused").toString();
            System.arraycopy(args, 0, all, 2, args.length);
            boolean named = List.of(args).contains("--out");
            assertNotEquals(0, Cli.run(new TrainLatentDae(), named ? args : all));
        } finally {
            System.setErr(before);
        }
        String text = printed.toString(StandardCharsets.UTF_8);
        assertFalse(text.contains("\tat "), text);
        return text;
    }
}
