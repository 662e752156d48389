package org.ldae.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The main job in small, from the command line to its files. */
class TrainLatentDaeTest {

    private static final List<String> SCORES = List.of(
            "top1.ldae",
            "top1.pca",
            "top1.random",
            "top1.ldae.tokens",
            "top1.pca.tokens",
            "top1.random.tokens",
            "top1.raw");

    @TempDir
    private Path out;

    @Test
    void writesResultPicturesAndCheckpointAndGivesTheSameNumbersAgain() throws IOException {
        JsonObject first = train(out.resolve("a"));
        JsonObject second = train(out.resolve("b"));
        for (String score : SCORES) {
            double top1 = first.get(score).getAsDouble();
            assertTrue(top1 > 0.2 && top1 < 1, score + " " + top1);
            assertEquals(top1, second.get(score).getAsDouble(), score);
        }
        assertEquals(300, first.get("trainImages").getAsInt());
        assertEquals(300, first.get("testImages").getAsInt());
        assertEquals(2, first.get("epochs").getAsInt());
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
    }

    @Test
    void aCheckpointOfAnotherRecipeIsRefused() throws IOException {
        train(out.resolve("a"));
        String message =
                failure("--limit", "300", "--resume", "--out", out.resolve("a").toString(), "--epochs", "3");
        assertTrue(message.matches("(?s).*training\\.\\S*=2(\\.0)? -> 3.*"), message);
    }

    private JsonObject train(Path folder) throws IOException {
        int status = Cli.run(
                new TrainLatentDae(),
                "--limit",
                "300",
                "--epochs",
                "2",
                "--batch",
                "50",
                "--width",
                "32",
                "--depth",
                "2",
                "--out",
                folder.toString());
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
