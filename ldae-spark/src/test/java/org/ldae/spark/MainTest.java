package org.ldae.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ldae.checkpoint.Safetensors;
import org.ldae.compute.Backend;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.Dataset;
import org.ldae.data.Decoding;
import org.ldae.data.FolderOptions;
import org.ldae.data.ImageSource;
import org.ldae.deconstruction.Preset;
import org.ldae.models.LatentDAE;
import org.ldae.models.Recipe;
import org.ldae.study.CellExecutor;
import org.ldae.study.CellResult;
import org.ldae.study.Group;
import org.ldae.study.Study;
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

    /** Folders {@code train} and {@code test} of two classes. */
    private Path images() throws IOException {
        Path images = dir.resolve("images");
        Bars.writePictures(images.resolve("train/a"), 40);
        Bars.writePictures(images.resolve("train/b"), 30);
        Bars.writePictures(images.resolve("test/a"), 6);
        Bars.writePictures(images.resolve("test/b"), 6);
        return images;
    }

    private static Dataset read(Path images) throws IOException {
        return Dataset.folder(images, FolderOptions.square(Bars.SIDE).withDecoding(Decoding.grey()));
    }

    @Test
    void trainingEndsWithTheBitsOfTwoThreadsHere() throws IOException {
        Cluster.session();
        Path images = images();
        Path out = dir.resolve("trained.safetensors");
        Recipe recipe = Bars.recipe(Training.steps(6).withBatchSize(8).withRate(3e-3));
        Path json = Files.writeString(dir.resolve("recipe.json"), recipe.toJson());
        assertEquals(
                0,
                run("train --grey --side 16 --recipe %s --images %s --seed 5 --out %s".formatted(json, images, out)));
        ImageSource training = read(images).train();
        try (LatentDAE here = Backend.withThreads(2, () -> recipe.train(training, Rng.of(5), Progress.none()));
                LatentDAE there = LatentDAE.load(out)) {
            assertEquals(here.tensors(), there.tensors());
            assertEquals(recipe, there.recipe());
        }
        // What is there is of another seed.
        assertEquals(
                1,
                run("train --grey --side 16 --recipe %s --images %s --seed 6 --out %s".formatted(json, images, out)));
    }

    @Test
    void aStudyHasTheNumbersOfOneHere() throws IOException {
        Cluster.session();
        Path images = images();
        Path out = dir.resolve("study");
        assertEquals(
                0, run("study --grey --side 16 --images %s --seeds 3 --groups epochs --out %s".formatted(images, out)));
        List<CellResult> here = Study.of(Preset.tiny(), List.of(3L))
                .withGroups(Set.of(Group.EPOCHS))
                .withExecutor(CellExecutor.threads(2)) // one thread a cell, as there
                .run(read(images), dir.resolve("here"), Progress.none())
                .cells();
        assertEquals(3, here.size());
        for (CellResult cell : here) {
            CellResult there = CellResult.fromJson(
                    Files.readString(out.resolve("cells").resolve(cell.cell().id() + ".json")));
            assertEquals(SparkCellsTest.numbers(cell), SparkCellsTest.numbers(there));
        }
        assertEquals(
                1,
                run("study --grey --side 16 --images %s --preset large --out %s".formatted(images, dir.resolve("x"))));
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
