package org.ldae.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;
import org.ldae.data.NamedSet;
import org.ldae.models.LatentDAE;
import org.ldae.models.Recipe;
import org.ldae.perceptual.FeatureNet;
import org.ldae.tokenizers.linear.PatchPCA;
import org.ldae.training.Training;
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
        return report(saved(plain), "--fine-tune", "1e8");
    }

    private String report(Path model, String... more) throws IOException {
        List<String> all = new ArrayList<>(
                List.of("--model", model.toString(), "--limit", "120", "--filters", "8", "--out", out.toString()));
        all.addAll(List.of(more));
        String[] args = all.toArray(new String[0]);
        assertEquals(0, Cli.run(new ReportOnEncoder(), args));
        return Files.readString(out.resolve("report.html"));
    }

    @Test
    void writesThePageTheNumbersAndTheFigures() throws IOException {
        String page = report(false);
        for (String part : new String[] {
            "l-DAE", "untrained", "patch dictionary", "Few labels", "Health", "scratch", "data:image/png"
        }) {
            assertTrue(page.contains(part), part);
        }
        JsonObject results = JsonParser.parseString(Files.readString(out.resolve("results.json")))
                .getAsJsonObject();
        assertEquals(120, results.get("trainingImages").getAsInt());
        for (String part : new String[] {"fewLabels", "health", "map", "scores", "fineTuning"}) {
            assertTrue(results.getAsJsonArray(part).size() > 0, part);
        }
        assertTrue(Files.readString(out.resolve("report.txt")).contains("patch dictionary"));
    }

    @Test
    void aPlainEncoderHasOneToo() throws IOException {
        assertTrue(report(true).contains("encoder"));
    }

    @Test
    void someReadoutsAndPartsAreMeasuredAlone() throws IOException {
        report(saved(false), "--readouts", "average,cells", "--parts", "few_labels");
        JsonObject results = JsonParser.parseString(Files.readString(out.resolve("results.json")))
                .getAsJsonObject();
        Set<String> readouts = results.getAsJsonArray("scores").asList().stream()
                .map(score -> score.getAsJsonObject().get("readout").getAsString())
                .collect(Collectors.toSet());
        assertEquals(Set.of("averaged", "averaged.all-blocks", "pyramid-1-2-4", "pyramid-1-2-4.all-blocks"), readouts);
        assertTrue(results.getAsJsonArray("fewLabels").size() > 0);
        assertEquals(0, results.getAsJsonArray("map").size());
        assertEquals(0, results.getAsJsonArray("health").size());
        report(saved(false), "--readouts", "average", "--parts", "neighbours", "--last-block", "--alone");
        String alone = Files.readString(out.resolve("results.json"));
        assertFalse(alone.contains("all-blocks") || alone.contains("untrained"), alone);
    }

    @Test
    void aFeatureNetHasOneToo() throws IOException {
        ImageSource images = NamedSet.FASHION_MNIST.sample().train().limit(90);
        FeatureNet.Options options = FeatureNet.small()
                .withSize(4, 1)
                .withTraining(Training.steps(3).withBatchSize(8).withRate(1e-3));
        Path file = out.resolve("net.safetensors");
        try (FeatureNet net = FeatureNet.fit(images, options, Rng.of(1), Progress.none())) {
            net.save(file);
        }
        assertTrue(report(file).contains("feature net"));
    }
}
