package org.ldae.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The comparison in small, from the command line to its files. */
class CompareTokenizersTest {

    @TempDir
    private Path out;

    @Test
    void measuresEveryTokenizerAtEveryDimensionAndDrawsThem() throws IOException {
        String[] arguments = {"--limit", "60", "--dimensions", "4,8", "--steps", "4", "--out", out.toString()};
        assertEquals(0, Cli.run(new CompareTokenizers(), arguments));
        JsonArray rows = JsonParser.parseString(Files.readString(out.resolve("result.json")))
                .getAsJsonObject()
                .getAsJsonArray("tokenizers");
        List<String> fitted = StreamSupport.stream(rows.spliterator(), false)
                .map(row -> row.getAsJsonObject().get("tokenizer").getAsString() + " "
                        + row.getAsJsonObject().get("dimension").getAsInt())
                .toList();
        assertEquals(
                List.of(
                        "PatchPCA 4",
                        "PatchPCA 8",
                        "PatchAE 4",
                        "PatchAE 8",
                        "PatchVAE 4",
                        "PatchVAE 8",
                        "ConvVAE 4",
                        "ConvVAE 8"),
                fitted);
        assertTrue(error(rows, 1) < error(rows, 0), "more components keep more");
        assertTrue(error(rows, 2) < 1.1 * error(rows, 0), "the AE comes near its optimum, PCA");
        for (String picture : List.of(
                "filters.png",
                "errors.png",
                "variance.png",
                "reconstructions-PatchPCA.png",
                "reconstructions-ConvVAE.png")) {
            assertTrue(Files.size(out.resolve(picture)) > 100, picture);
        }
    }

    @Test
    void dimensionsThatDoNotFitAreRefused() {
        assertEquals(
                1, Cli.run(new CompareTokenizers(), "--limit", "60", "--dimensions", "6", "--out", out.toString()));
        assertEquals(
                1, Cli.run(new CompareTokenizers(), "--limit", "60", "--dimensions", "20", "--out", out.toString()));
    }

    private static double error(JsonArray rows, int index) {
        JsonObject row = rows.get(index).getAsJsonObject();
        return row.get("error").getAsDouble();
    }
}
