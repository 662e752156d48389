package org.ldae.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;
import org.ldae.data.NamedSet;
import org.ldae.models.LatentDAE;
import org.ldae.models.Recipe;
import org.ldae.tokenizers.linear.PatchPCA;
import org.ldae.transformer.VisionTransformer;

/** The page of an encoder, from the command line to its files. */
class ReportOnEncoderTest {

    @TempDir
    private Path out;

    private Path saved(boolean plain) throws IOException {
        Recipe recipe = Recipe.singleLevel(PatchPCA.patch(7).components(4))
                .withDenoiser(VisionTransformer.tiny().withWidth(16, 2).withBlocks(1, 1));
        ImageSource images = NamedSet.FASHION_MNIST.sample().train().limit(60);
        Path file = out.resolve("model.safetensors");
        try (LatentDAE model = LatentDAE.untrained(recipe, images, Rng.of(7))) {
            if (plain) {
                model.plainEncoder(0.01).save(file);
            } else {
                model.save(file);
            }
        }
        return file;
    }

    private String report(boolean plain) throws IOException {
        String[] args = {"--model", saved(plain).toString(), "--limit", "120", "--filters", "8", "--out", out.toString()
        };
        assertEquals(0, Cli.run(new ReportOnEncoder(), args));
        return Files.readString(out.resolve("report.html"));
    }

    @Test
    void writesThePageTheNumbersAndTheFigures() throws IOException {
        String page = report(false);
        for (String part :
                new String[] {"l-DAE", "untrained", "patch dictionary", "Few labels", "Health", "data:image/png"}) {
            assertTrue(page.contains(part), part);
        }
        JsonObject results = JsonParser.parseString(Files.readString(out.resolve("results.json")))
                .getAsJsonObject();
        assertEquals(120, results.get("trainingImages").getAsInt());
        for (String part : new String[] {"fewLabels", "health", "map", "scores"}) {
            assertTrue(results.getAsJsonArray(part).size() > 0, part);
        }
        assertTrue(Files.readString(out.resolve("report.txt")).contains("patch dictionary"));
    }

    @Test
    void aPlainEncoderHasOneToo() throws IOException {
        assertTrue(report(true).contains("encoder"));
    }
}
