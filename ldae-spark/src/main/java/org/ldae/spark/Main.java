package org.ldae.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.jspecify.annotations.Nullable;
import org.ldae.checkpoint.Safetensors;
import org.ldae.checkpoint.SafetensorsBuilder;
import org.ldae.core.ImageShape;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.Decoding;
import org.ldae.data.FolderOptions;
import org.ldae.deconstruction.Preset;
import org.ldae.inference.Features;
import org.ldae.models.LatentDAE;
import org.ldae.models.Provenance;
import org.ldae.models.Recipe;
import org.ldae.probe.LinearProbe;
import org.ldae.probe.LogisticSolver;
import org.ldae.study.Group;
import org.ldae.study.Study;
import org.ldae.tokenizers.linear.PatchPCA;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What {@code spark-submit} runs: {@code features}, {@code pca}, {@code probe}, {@code train}, {@code study}. */
@Command(
        name = "ldae",
        description = "ldae on Apache Spark.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            Main.FeaturesCommand.class,
            Main.PcaCommand.class,
            Main.ProbeCommand.class,
            Main.TrainCommand.class,
            Main.StudyCommand.class
        })
public final class Main {

    Main() {}

    /**
     * Runs a command.
     *
     * @param args see {@code --help}
     */
    public static void main(String[] args) {
        int status = run(args);
        if (status != 0) {
            System.exit(status);
        }
    }

    /** Errors that a user can mend are one line. */
    static int run(String... args) {
        CommandLine command = new CommandLine(new Main());
        command.getCommandSpec().versionProvider(() -> new String[] {Provenance.versions()});
        return command.setExecutionExceptionHandler((failure, line, parsed) -> {
                    if (failure instanceof IllegalArgumentException
                            || failure instanceof IllegalStateException
                            || failure instanceof CancellationException
                            || failure instanceof IOException
                            || failure instanceof UncheckedIOException
                            || failure instanceof AnalysisException) {
                        boolean bare = failure.getClass().getPackageName().startsWith("java.nio");
                        String kind = bare ? failure.getClass().getSimpleName() + ": " : "";
                        line.getErr().println("error: " + kind + failure.getMessage());
                        return 1;
                    }
                    throw failure;
                })
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(args);
    }

    private static SparkSession session() {
        return SparkSession.builder().getOrCreate();
    }

    private static Dataset<Row> pictures(String path) {
        return session()
                .read()
                .format("binaryFile")
                .option("recursiveFileLookup", "true")
                .load(path);
    }

    private static void write(String path, SafetensorsBuilder tensors) throws IOException {
        HadoopFile.of(path, session().sparkContext().hadoopConfiguration()).write(tensors::write);
    }

    /** The size that pictures are brought to. */
    static final class Size {
        @Option(names = "--side", required = true, description = "Height and width that pictures are brought to.")
        private int side;

        @Option(names = "--grey", description = "One channel instead of red, green and blue.")
        private boolean grey;

        ImageShape shape() {
            return new ImageShape(grey ? 1 : 3, side, side);
        }
    }

    /** Features of pictures as Parquet. */
    @Command(
            name = "features",
            description = "Writes features of pictures as Parquet.",
            mixinStandardHelpOptions = true)
    @SuppressWarnings("NullAway.Init") // picocli sets what is required
    static final class FeaturesCommand implements Callable<Integer> {
        @Option(names = "--model", required = true, description = "A trained model: a file of the driver's.")
        private Path model;

        @Option(names = "--pictures", required = true, description = "Path of a folder, searched with all below it.")
        private String pictures;

        @Option(names = "--pyramid", split = ",", description = "Cells along a side instead of one average, as 1,2,4.")
        private int[] pyramid = {1};

        @Option(names = "--partitions", description = "Parts of the work (default: as Spark reads the files).")
        private @Nullable Integer partitions;

        @Option(names = "--out", required = true, description = "Path of the Parquet files; must not be there.")
        private String out;

        @Override
        public Integer call() throws IOException {
            int[] sides = pyramid;
            if (partitions != null && partitions < 1) {
                throw new IllegalArgumentException("--partitions: expected at least 1, got " + partitions);
            }
            Dataset<Row> all = pictures(pictures);
            PictureFeatures.of(session(), model)
                    .withFeatures(
                            () -> sides.length == 1 && sides[0] == 1 ? Features.pooled() : Features.pyramid(sides))
                    .transform(partitions == null ? all : all.repartition(partitions))
                    .write()
                    .parquet(out);
            Dataset<Row> written = session().read().parquet(out);
            System.out.printf(
                    "%d pictures, %d without features%n",
                    written.count(),
                    written.filter(PictureFeatures.ERROR + " is not null").count());
            return 0;
        }
    }

    /** A fit of PatchPCA. */
    @Command(name = "pca", description = "Fits PatchPCA on pictures.", mixinStandardHelpOptions = true)
    @SuppressWarnings("NullAway.Init") // picocli sets what is required
    static final class PcaCommand implements Callable<Integer> {
        @Mixin
        private Size size = new Size();

        @Option(names = "--pictures", required = true, description = "Path of a folder, searched with all below it.")
        private String pictures;

        @Option(names = "--patch", required = true, description = "Side of a patch in pixels.")
        private int patch;

        @Option(names = "--components", required = true, description = "Numbers kept of a patch.")
        private int components;

        @Option(names = "--out", required = true, description = "Path of the safetensors file that is written.")
        private String out;

        @Override
        public Integer call() throws IOException, InterruptedException {
            PatchPCA fitted = SparkPCA.fit(
                    pictures(pictures), size.shape(), PatchPCA.patch(patch).components(components), Progress.console());
            SafetensorsBuilder builder = Safetensors.builder();
            fitted.tensors().forEach(builder::tensor);
            write(out, builder);
            System.out.println(fitted);
            return 0;
        }
    }

    /** A linear probe. */
    @Command(name = "probe", description = "Fits a linear probe on features.", mixinStandardHelpOptions = true)
    @SuppressWarnings("NullAway.Init") // picocli sets what is required
    static final class ProbeCommand implements Callable<Integer> {
        @Option(names = "--features", required = true, description = "Parquet files that the command features wrote.")
        private String features;

        @Option(
                names = "--label",
                description =
                        "Column of classes from 0 (default: the folders of the pictures, in the order of their names).")
        private @Nullable String label;

        @Option(names = "--l2", description = "Penalty (default: chosen on 10%% of the rows).")
        private @Nullable Double l2;

        @Option(names = "--seed", description = "Seed of the choice (default: ${DEFAULT-VALUE}).")
        private long seed = 1;

        @Option(names = "--out", required = true, description = "Path of a safetensors file of weights and bias.")
        private String out;

        @Override
        public Integer call() throws IOException {
            Dataset<Row> rows = session().read().parquet(features).filter(PictureFeatures.ERROR + " is null");
            Dataset<Row> labelled = rows.withColumn("label", label(rows).cast("int"));
            LogisticSolver solver =
                    l2 == null ? LinearProbe.logistic() : LinearProbe.logistic().withL2(l2);
            LinearProbe probe = SparkProbe.fit(labelled, solver, Rng.of(seed), Progress.console());
            write(out, Safetensors.builder().tensor("weights", probe.weights()).tensor("bias", probe.bias()));
            System.out.println(probe.describe());
            return 0;
        }

        private Column label(Dataset<Row> rows) {
            if (label != null) {
                return rows.col(label);
            }
            Column folder = functions.regexp_extract(rows.col("path"), "([^/]+)/[^/]+$", 1);
            List<String> names = rows.select(folder)
                    .distinct()
                    .as(org.apache.spark.sql.Encoders.STRING())
                    .collectAsList();
            String[] sorted = names.stream().sorted().toArray(String[]::new);
            System.out.println("classes: " + Arrays.toString(sorted));
            return functions.array_position(array(sorted), folder).minus(1);
        }
    }

    private static Column array(String... names) {
        return functions.array(Arrays.stream(names).map(functions::lit).toArray(Column[]::new));
    }

    /** Training of one network. */
    @Command(
            name = "train",
            description = "Trains a recipe on several executors at once.",
            mixinStandardHelpOptions = true)
    @SuppressWarnings("NullAway.Init") // picocli sets what is required
    static final class TrainCommand implements Callable<Integer> {
        @Mixin
        private Size size = new Size();

        @Option(names = "--recipe", required = true, description = "JSON of a recipe: a file of the driver's.")
        private Path recipe;

        @Option(names = "--images", required = true, description = "A folder that the driver and all executors see.")
        private String images;

        @Option(names = "--ranks", description = "Executors, a power of two (default: ${DEFAULT-VALUE}).")
        private int ranks = 2;

        @Option(names = "--seconds", description = "Between checkpoints (default: ${DEFAULT-VALUE}).")
        private double seconds = 60;

        @Option(names = "--seed", description = "Seed of the run (default: ${DEFAULT-VALUE}).")
        private long seed = 1;

        @Option(names = "--out", required = true, description = "Path of the checkpoint; gone on from if it is there.")
        private String out;

        @Override
        public Integer call() throws IOException {
            String folder = images;
            ImageShape shape = size.shape();
            SparkTraining training = SparkTraining.of(
                            Recipe.fromJson(Files.readString(recipe)),
                            () -> data(folder, shape).train())
                    .withRanks(ranks)
                    .withSeconds(seconds)
                    .withSeed(seed);
            try (LatentDAE model = training.run(session(), out, Progress.console())) {
                System.out.printf("%d parameters, trained: %s%n", model.parameterCount(), out);
            }
            return 0;
        }
    }

    private static org.ldae.data.Dataset data(String folder, ImageShape shape) throws IOException {
        Decoding decoding = shape.channels() == 1 ? Decoding.grey() : Decoding.colour();
        org.ldae.data.Dataset data = org.ldae.data.Dataset.folder(
                Path.of(folder), FolderOptions.square(shape.height()).withDecoding(decoding));
        return new org.ldae.data.Dataset(data.train().cached(), data.test().cached());
    }

    /** A study. */
    @Command(name = "study", description = "Runs a study, a cell a task.", mixinStandardHelpOptions = true)
    @SuppressWarnings("NullAway.Init") // picocli sets what is required
    static final class StudyCommand implements Callable<Integer> {
        @Mixin
        private Size size = new Size();

        @Option(names = "--images", required = true, description = "A folder that the driver and all executors see.")
        private String images;

        @Option(names = "--preset", description = "tiny or small (default: ${DEFAULT-VALUE}).")
        private String preset = "tiny";

        @Option(names = "--seeds", split = ",", description = "Seeds of the runs (default: ${DEFAULT-VALUE}).")
        private List<Long> seeds = List.of(1L, 2L);

        @Option(names = "--groups", split = ",", description = "Of ${COMPLETION-CANDIDATES} (default: the paper's).")
        private List<Group> groups = List.copyOf(Group.published());

        @Option(names = "--out", required = true, description = "Folder of the driver's; a study goes on there.")
        private Path out;

        @Override
        public Integer call() throws IOException {
            FolderStudy study = new FolderStudy(images, size.shape(), preset, List.copyOf(seeds), List.copyOf(groups));
            int cells = study.study()
                    .withExecutor(SparkCells.of(session(), study))
                    .run(study.data(), out, Progress.console())
                    .cells()
                    .size();
            System.out.printf("%d cells in %s%n", cells, out.toAbsolutePath());
            return 0;
        }

        /** The study of a folder's images, on the driver and in executors. */
        private record FolderStudy(String images, ImageShape shape, String preset, List<Long> seeds, List<Group> groups)
                implements SparkCells.StudyFactory {
            @Override
            public Study study() {
                Preset named = switch (preset) {
                    case "tiny" -> Preset.tiny();
                    case "small" -> Preset.small();
                    default -> throw new IllegalArgumentException("--preset: expected tiny or small, got " + preset);
                };
                return Study.of(named, seeds).withGroups(Set.copyOf(groups));
            }

            @Override
            public org.ldae.data.Dataset data() throws IOException {
                return Main.data(images, shape);
            }
        }
    }
}
