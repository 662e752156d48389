package org.ldae.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sampling in small, from the command line to its files. */
class SampleImagesTest {

    @TempDir
    private Path out;

    @Test
    void trainsSamplesMeasuresAndSamplesAgainFromTheCheckpoint() throws IOException {
        JsonObject trained = run("a", "--epochs", "2");
        JsonObject loaded =
                run("b", "--checkpoint", out.resolve("a/model.safetensors").toString());
        for (String set : List.of("frechet.train", "frechet.samples", "frechet.noise")) {
            assertTrue(trained.get(set).getAsDouble() > 0, set);
            assertEquals(trained.get(set).getAsDouble(), loaded.get(set).getAsDouble(), set);
        }
        assertEquals(40, trained.get("samples").getAsInt());
        assertTrue(Files.size(out.resolve("a/samples.png")) > 1000);
        assertEquals(-1, Files.mismatch(out.resolve("a/samples.png"), out.resolve("b/samples.png")));
    }

    private JsonObject run(String name, String... more) throws IOException {
        Path folder = out.resolve(name);
        String[] arguments = {
            "--limit",
            "200",
            "--samples",
            "40",
            "--width",
            "32",
            "--depth",
            "2",
            "--steps",
            "4",
            "--feature-steps",
            "5",
            "--out",
            folder.toString(),
            more[0],
            more[1]
        };
        assertEquals(0, Cli.run(new SampleImages(), arguments));
        return JsonParser.parseString(Files.readString(folder.resolve("result.json")))
                .getAsJsonObject();
    }
}
