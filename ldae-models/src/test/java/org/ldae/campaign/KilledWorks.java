package org.ldae.campaign;

import static org.ldae.campaign.KilledWork.require;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.ldae.checkpoint.Safetensors;
import org.ldae.core.ImageShape;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.Dataset;
import org.ldae.data.Download;
import org.ldae.data.ImageSet;
import org.ldae.data.ImageSource;
import org.ldae.models.LatentDAE;
import org.ldae.models.Recipe;
import org.ldae.models.Synthetic;
import org.ldae.models.Trainer;
import org.ldae.study.CellResult;
import org.ldae.study.Group;
import org.ldae.study.Metric;
import org.ldae.study.Shapes;
import org.ldae.study.Study;
import org.ldae.training.Saving;
import org.ldae.training.Training;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The four kinds of work that save what they do. */
final class KilledWorks {

    private KilledWorks() {}

    static KilledWork of(String name) {
        return switch (name) {
            case "training" -> new Trainings();
            case "packing" -> new Packing();
            case "study" -> new Studies();
            default -> new Downloads(URI.create(name));
        };
    }

    private static void pause(int milliseconds) {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void requireOnly(Path folder, String... names) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            List<String> there = files.map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .toList();
            require(there.equals(List.of(names)), "expected only %s, got %s".formatted(List.of(names), there));
        }
    }

    private static void requireSameFile(Path expected, Path actual) throws IOException {
        require(Files.mismatch(expected, actual) < 0, actual + " differs from " + expected);
    }

    /** Saves after every step. */
    private static final class Trainings implements KilledWork {

        private static final ImageSource IMAGES = Synthetic.images(22, 1);
        private static final Recipe RECIPE = Synthetic.recipe()
                .withTraining(Training.steps(40).withBatchSize(5).withAverageDecay(0.9));
        private static final String FILE = "run.safetensors";

        @Override
        public void run(Path folder) throws IOException {
            Path file = folder.resolve(FILE);
            try (Trainer trainer = Files.exists(file)
                    ? Trainer.resume(file, RECIPE, IMAGES, Rng.of(1))
                    : Trainer.start(RECIPE, IMAGES, Rng.of(1), Progress.none())) {
                trainer.run(event -> pause(15), Saving.to(file).withSeconds(0));
            }
        }

        @Override
        public long saved(Path folder) throws IOException {
            Path file = folder.resolve(FILE);
            if (Files.notExists(file)) {
                return 0;
            }
            LatentDAE.load(file).close();
            try (Safetensors run = Safetensors.read(file)) {
                return run.shape("training.losses")[0];
            }
        }

        @Override
        public void requireSame(Path undisturbed, Path folder) throws IOException {
            requireOnly(folder, FILE);
            try (Safetensors expected = Safetensors.read(undisturbed.resolve(FILE));
                    Safetensors actual = Safetensors.read(folder.resolve(FILE))) {
                require(expected.names().equals(actual.names()), "other tensors");
                for (String name : expected.names()) {
                    INDArray numbers = expected.tensor(name);
                    require(
                            name.equals("training.seconds") || numbers.equalsWithEps(actual.tensor(name), 0),
                            "tensor " + name + " differs");
                }
            }
        }
    }

    /** Reads slowly. */
    private static final class Packing implements KilledWork {

        private static final ImageSource IMAGES = new Slow();

        @Override
        public void run(Path folder) throws IOException {
            IMAGES.packed(folder, Progress.none());
        }

        @Override
        public long saved(Path folder) throws IOException {
            try (Stream<Path> files = Files.list(folder)) {
                List<Path> all = files.toList();
                if (all.stream().noneMatch(file -> file.toString().endsWith(".safetensors"))) {
                    require(all.size() <= 1, "more than one file is left: " + all);
                    return 0;
                }
            }
            int last = IMAGES.size() - 1;
            INDArray packed = IMAGES.packed(folder, Progress.none()).images(last);
            require(packed.equalsWithEps(IMAGES.images(last), 0), "other pixels are packed");
            return IMAGES.size();
        }

        @Override
        public void requireSame(Path undisturbed, Path folder) throws IOException {
            try (Stream<Path> files = Files.list(undisturbed)) {
                Path expected = files.findFirst().orElseThrow();
                String name = String.valueOf(expected.getFileName());
                requireOnly(folder, name);
                requireSameFile(expected, folder.resolve(name));
            }
        }
    }

    /** Made as they are read, without anything that takes long to load. */
    private static final class Slow implements ImageSource {

        @Override
        public ImageShape shape() {
            return new ImageShape(1, 8, 12);
        }

        @Override
        public int size() {
            return 400;
        }

        @Override
        public List<String> classNames() {
            return List.of();
        }

        @Override
        public int label(int index) {
            throw new UnsupportedOperationException("no labels");
        }

        @Override
        public void read(int index, float[] destination, int offset) {
            pause(3);
            for (int i = 0; i < shape().size(); i++) {
                destination[offset + i] = (index * 7 + i * 3) % 200 / 100f - 1;
            }
        }

        @Override
        public String hash() {
            return "slow";
        }
    }

    /** Small cells, each saved at its end. */
    private static final class Studies implements KilledWork {

        private final Map<Path, byte[]> finished = new HashMap<>();

        private static Study study() {
            return Study.of(Shapes.small(), List.of(1L, 2L, 3L))
                    .withGroups(Set.of(Group.PATH, Group.CONTROL))
                    .withNames(Set.of("patch-pca", "single-level"));
        }

        @Override
        public void run(Path folder) throws IOException {
            Dataset data = Shapes.data();
            study().run(data, folder, Progress.none());
        }

        @Override
        public long saved(Path folder) throws IOException {
            Path cells = folder.resolve("cells");
            if (Files.notExists(cells)) {
                return 0;
            }
            try (Stream<Path> files = Files.list(cells)) {
                for (Path file :
                        files.filter(each -> each.toString().endsWith(".json")).toList()) {
                    byte[] content = Files.readAllBytes(file);
                    byte[] before = finished.put(file, content);
                    require(before == null || Arrays.equals(before, content), file + " was run again");
                }
                return finished.size();
            }
        }

        @Override
        public void requireSame(Path undisturbed, Path folder) throws IOException {
            List<CellResult> expected =
                    study().saved(Shapes.data(), undisturbed).cells();
            List<CellResult> actual = study().saved(Shapes.data(), folder).cells();
            require(expected.size() == actual.size(), "cells are missing");
            for (int i = 0; i < expected.size(); i++) {
                for (Metric metric : expected.get(i).metrics().keySet()) {
                    require(
                            metric.unit() == Metric.Unit.SECONDS
                                    || Objects.equals(
                                            expected.get(i).metrics().get(metric),
                                            actual.get(i).metrics().get(metric)),
                            actual.get(i).cell().id() + " differs in " + metric.name());
                }
            }
            try (Stream<Path> files = Files.walk(folder)) {
                List<Path> left =
                        files.filter(file -> file.toString().endsWith(".tmp")).toList();
                require(left.isEmpty(), "left behind: " + left);
            }
        }
    }

    /** From a server that sends slowly. */
    private static final class Downloads implements KilledWork {

        private final URI address;

        Downloads(URI address) {
            this.address = address;
        }

        @Override
        public void run(Path folder) throws IOException {
            ImageSet.at(address)
                    .withFile(SlowServer.NAME, SlowServer.checksum())
                    .fetch(folder, Download.official());
        }

        @Override
        public long saved(Path folder) throws IOException {
            for (String name : List.of(SlowServer.NAME, SlowServer.NAME + ".part")) {
                if (Files.exists(folder.resolve(name))) {
                    return Files.size(folder.resolve(name));
                }
            }
            return 0;
        }

        @Override
        public void requireSame(Path undisturbed, Path folder) throws IOException {
            requireOnly(folder, SlowServer.NAME);
            requireSameFile(undisturbed.resolve(SlowServer.NAME), folder.resolve(SlowServer.NAME));
        }
    }
}
