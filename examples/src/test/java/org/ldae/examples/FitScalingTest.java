package org.ldae.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.StringJoiner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A law from the file that a study writes. */
class FitScalingTest {

    @TempDir
    private Path folder;

    private Path results() throws IOException {
        StringJoiner cells = new StringJoiner(",", "[", "]");
        for (int i = 0; i < 7; i++) {
            double flops = 1e10 * Math.pow(3, i);
            cells.add(String.format(Locale.ROOT, """
                {"cell": {"group": "size", "trial": "width-%d", "title": "a width", "seed": 1}, "seconds": 1, "settings": {},
                 "metrics": {"parameters": %s, "images": 1000, "flops": %s, "loss": %s},
                 "provenance": {"seed": 1, "dataHash": "", "versions": {}}}
                """, 8 + i, flops / 1e6, flops, 0.2 + 30 * Math.pow(flops, -0.2)));
        }
        return Files.writeString(folder.resolve("results.json"), cells.toString());
    }

    @Test
    void drawsWhatTheSmallerRunsSayOfTheLargest() throws IOException {
        Path file = results();
        assertEquals(0, Cli.run(new FitScaling(), "--results", file.toString(), "--metric", "loss"));
        assertTrue(Files.size(folder.resolve("scaling.png")) > 1000);
        assertEquals(1, Cli.run(new FitScaling(), "--results", file.toString(), "--metric", "nothing"));
        assertEquals(1, Cli.run(new FitScaling(), "--results", file.toString())); // no run has that metric
        Files.writeString(file, "{}");
        assertEquals(1, Cli.run(new FitScaling(), "--results", file.toString()));
    }
}
