package org.ldae.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ldae.checkpoint.Safetensors;
import org.ldae.core.Rng;
import org.ldae.models.LatentDAE;
import org.ldae.training.Training;

/** The commands of spark-submit, one after the other as a user would. */
class MainTest {

    @TempDir
    private Path dir;

    @Test
    void commandsWriteWhatTheNextOneReads() throws IOException {
        Cluster.session();
        Path pictures = dir.resolve("pictures");
        for (String name : new String[] {"a", "b"}) {
            Bars.writePictures(pictures.resolve(name), 6);
        }
        Path model = dir.resolve("model.safetensors");
        try (LatentDAE untrained =
                LatentDAE.untrained(Bars.recipe(Training.epochs(1)), Bars.images(30, 1), Rng.of(4))) {
            untrained.save(model);
        }
        assertEquals(
                0,
                run("features --model %s --pictures %s --out %s".formatted(model, pictures, dir.resolve("features"))));
        assertEquals(
                0,
                run("probe --features %s --l2 0.1 --out %s"
                        .formatted(dir.resolve("features"), dir.resolve("probe.st"))));
        try (Safetensors probe = Safetensors.read(dir.resolve("probe.st"))) {
            assertArrayEquals(new long[] {2, 16}, probe.shape("weights"));
        }
        assertEquals(
                0,
                run("pca --grey --side 16 --patch 4 --components 5 --pictures %s --out %s"
                        .formatted(pictures, dir.resolve("p.st"))));
        try (Safetensors pca = Safetensors.read(dir.resolve("p.st"))) {
            assertArrayEquals(new long[] {16, 16}, pca.shape("basis"));
        }
        assertEquals(1, run("features --model %s --pictures %s --out x".formatted(dir.resolve("none"), pictures)));
        assertEquals(2, run("pca --side 16 --pictures %s --out x".formatted(pictures)));
    }

    private static int run(String command) {
        return Main.run(command.split(" "));
    }

    @Test
    void aRecipeFileThatIsNotThereIsSaid() throws IOException {
        Path empty = Files.createFile(dir.resolve("empty.json"));
        assertEquals(
                1, run("train --side 16 --recipe %s --images %s --out x".formatted(dir.resolve("none.json"), empty)));
    }
}
