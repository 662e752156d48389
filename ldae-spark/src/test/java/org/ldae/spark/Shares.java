package org.ldae.spark;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.ldae.compute.Backend;
import org.ldae.core.ImageShape;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.FolderOptions;
import org.ldae.data.ImageSource;
import org.ldae.data.Picture;
import org.ldae.deconstruction.Preset;
import org.ldae.inference.Features;
import org.ldae.inference.Predictor;
import org.ldae.models.LatentDAE;
import org.ldae.models.Recipe;
import org.ldae.models.Trainer;
import org.ldae.probe.LinearProbe;
import org.ldae.study.CellExecutor;
import org.ldae.study.CellRun;
import org.ldae.study.Metric;
import org.ldae.study.Study;
import org.ldae.study.Subject;
import org.ldae.study.Trial;
import org.ldae.tokenizers.Tokenizer;
import org.ldae.tokenizers.linear.PatchPCA;
import org.ldae.training.GradientExchange;
import org.ldae.training.Training;
import org.ldae.transformer.VisionTransformer;
import org.nd4j.linalg.factory.Nd4j;

/** What distribution costs, on two executors of one thread beside one process of two threads: the table of docs/spark.md. */
final class Shares {

    private static final int STEPS = 8;
    private static final Path FOLDER = temporary();

    private Shares() {}

    private static Path temporary() {
        try {
            return Files.createTempDirectory("ldae-shares");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void say(String what, Object... numbers) {
        System.out.println(String.format(Locale.ROOT, what, numbers));
    }

    private static double seconds(Timed work) throws Exception {
        long began = System.nanoTime();
        work.run();
        return (System.nanoTime() - began) / 1e9;
    }

    private interface Timed {
        void run() throws Exception;
    }

    private static double median(double... numbers) {
        double[] sorted = numbers.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    /** Measures the parts that are named, separated by commas. */
    public static void main(String[] args) throws Exception {
        List<String> parts = List.of(args[0].split(",", -1));
        Cluster.session();
        if (parts.contains("step")) {
            step(160, 1);
            step(416, 1);
            step(576, 2);
        }
        if (parts.contains("cell")) {
            cell();
        }
        if (parts.contains("picture")) {
            picture();
        }
        if (parts.contains("pca")) {
            pca();
        }
        if (parts.contains("probe")) {
            probe();
        }
        Cluster.session().stop();
        LocalFiles.delete(FOLDER);
    }

    // Steps: a transformer of some width on 64 tokens, batch 16.

    private static Recipe recipe(int width, int blocks) {
        return Recipe.latentDAE(PatchPCA.patch(4).components(12))
                .withDenoiser(VisionTransformer.tiny().withWidth(width, 4).withBlocks(blocks, blocks))
                .withTraining(Training.steps(STEPS).withBatchSize(16));
    }

    private static ImageSource noise() {
        float[] pixels = new float[64 * 3 * 32 * 32];
        Rng.of(1).normals(pixels, 0, pixels.length);
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = Math.max(-1, Math.min(1, pixels[i] / 2));
        }
        return ImageSource.of(Nd4j.create(pixels, new long[] {64, 3, 32, 32}, 'c'), new int[0], List.of());
    }

    /** Milliseconds of the median step, and of the sums in it. */
    private record Steps(double step, double sums) implements Serializable {}

    private static Steps time(Recipe recipe, GradientExchange exchange) {
        ImageSource images = noise();
        Tokenizer tokenizer = recipe.tokenizer().fit(images, Rng.of(1), Progress.none());
        double[] spent = {0};
        GradientExchange timed = new GradientExchange() {
            @Override
            public int rank() {
                return exchange.rank();
            }

            @Override
            public int size() {
                return exchange.size();
            }

            @Override
            public void sum(float[] values) {
                long began = System.nanoTime();
                exchange.sum(values);
                spent[0] += (System.nanoTime() - began) / 1e6;
            }
        };
        double[] steps = new double[STEPS];
        double[] sums = new double[STEPS];
        try (Trainer trainer = Trainer.start(recipe, tokenizer, images, Rng.of(1), timed)) {
            for (int i = 0; i < STEPS; i++) {
                spent[0] = 0;
                long began = System.nanoTime();
                trainer.step();
                steps[i] = (System.nanoTime() - began) / 1e6;
                sums[i] = spent[0];
            }
        }
        return new Steps(median(steps), median(sums));
    }

    private static void step(int width, int blocks) throws Exception {
        Recipe recipe = recipe(width, blocks);
        int parameters;
        try (Trainer trainer = Trainer.start(recipe, noise(), Rng.of(1), Progress.none())) {
            parameters = trainer.parameterCount();
        }
        Steps here = Backend.withThreads(2, () -> time(recipe, GradientExchange.alone()));
        String json = recipe.toJson();
        JavaRDD<Integer> ids = new JavaSparkContext(Cluster.session().sparkContext()).parallelize(List.of(0, 1), 2);
        List<Steps> there = PartitionJob.collect(SparkTraining.barrier(ids), tasks -> {
            try (SocketExchange exchange = SocketExchange.join(BarrierTaskContext.get(), 1)) {
                return ExecutorTask.run(() -> time(Recipe.fromJson(json), exchange));
            }
        });
        say(
                "step, %.1fM parameters: %.1f ms in one process, %.1f ms over two executors, %.1f ms of them in sums",
                parameters / 1e6, here.step, there.get(0).step, Math.min(there.get(0).sums, there.get(1).sums));
    }

    // Cells that do nothing.

    private record Nothing(int number) implements Subject {
        @Override
        public String settings() {
            return "{\"number\": %d}".formatted(number);
        }

        @Override
        public void run(CellRun run) {
            run.put(Metric.LOSS, number);
        }
    }

    private record NothingStudy() implements SparkCells.StudyFactory {
        @Override
        public Study study() {
            return Study.of(Preset.tiny(), List.of(1L))
                    .withGroups(Set.of())
                    .withTrials(IntStream.range(0, 100)
                            .mapToObj(i -> Trial.of("cell-" + i, "nothing", new Nothing(i)))
                            .toArray(Trial[]::new));
        }

        @Override
        public org.ldae.data.Dataset data() {
            return Bars.data();
        }
    }

    private static void cell() throws Exception {
        NothingStudy study = new NothingStudy();
        double[] here = new double[3];
        double[] there = new double[3];
        for (int i = 0; i < 3; i++) {
            Path out = FOLDER.resolve("study" + i);
            here[i] = seconds(() -> study.study()
                    .withExecutor(CellExecutor.threads(2))
                    .run(Bars.data(), out.resolve("here"), Progress.none()));
            there[i] = seconds(() -> study.study()
                    .withExecutor(SparkCells.of(Cluster.session(), study))
                    .run(Bars.data(), out.resolve("there"), Progress.none()));
        }
        say("cell that does nothing: %.1f ms here, %.1f ms as a task", median(here) * 10, median(there) * 10);
    }

    private static List<Path> files(int count) throws IOException {
        Path folder = Bars.writePictures(FOLDER.resolve("pictures" + count), count);
        try (var files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    private static Dataset<Row> rows(List<Path> files) throws IOException {
        List<Row> rows = new ArrayList<>();
        for (Path file : files) {
            rows.add(RowFactory.create(file.toString(), Files.readAllBytes(file)));
        }
        StructType schema = DataTypes.createStructType(new StructField[] {
            DataTypes.createStructField("path", DataTypes.StringType, false),
            DataTypes.createStructField("content", DataTypes.BinaryType, false)
        });
        Dataset<Row> all =
                Cluster.session().createDataFrame(rows, schema).repartition(8).cache();
        all.count();
        return all;
    }

    private static void picture() throws Exception {
        int count = 4000;
        List<Path> files = files(count);
        Path file = FOLDER.resolve("model.safetensors");
        Recipe recipe = Recipe.latentDAE(PatchPCA.patch(2).components(4))
                .withDenoiser(VisionTransformer.tiny().withWidth(128, 4).withBlocks(4, 1));
        try (LatentDAE model = LatentDAE.untrained(recipe, Bars.images(30, 1), Rng.of(1))) {
            model.save(file);
        }
        Dataset<Row> rows = rows(files);
        PictureFeatures features = PictureFeatures.of(Cluster.session(), file);
        double[] here = new double[3];
        double[] there = new double[3];
        for (int i = 0; i < 3; i++) {
            try (LatentDAE model = LatentDAE.load(file);
                    Predictor predictor = model.predictor(Features.pooled())) {
                here[i] = seconds(() -> files.parallelStream().forEach(each -> {
                    try {
                        predictor.features(Picture.of(Files.readAllBytes(each)));
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                }));
            }
            there[i] = seconds(() -> features.transform(rows)
                    .map((org.apache.spark.api.java.function.MapFunction<Row, Integer>) row -> 1, Encoders.INT())
                    .foreach((org.apache.spark.api.java.function.ForeachFunction<Integer>) one -> {}));
        }
        say(
                "picture: %.3f ms by a predictor here, %.3f ms as a row (64 tokens, width 128, 4 blocks)",
                median(here) / count * 1e3, median(there) / count * 1e3);
    }

    private static void pca() throws Exception {
        int count = 400;
        List<Path> files = files(count);
        Dataset<Row> rows = rows(files);
        ImageShape shape = new ImageShape(3, 256, 256);
        PatchPCA.Options options = PatchPCA.patch(16).components(32);
        ImageSource images = ImageSource.pictures(
                FolderOptions.square(256), files.stream().map(Picture::of).toList());
        double[] here = new double[3];
        double[] there = new double[3];
        for (int i = 0; i < 3; i++) {
            here[i] = seconds(() -> PatchPCA.fit(images, options));
            there[i] = seconds(() -> SparkPCA.fit(rows, shape, options, Progress.none()));
        }
        say(
                "PatchPCA of D = 768, %d pictures of 256 x 256: %.1f s here, %.1f s over two executors",
                count, median(here), median(there));
    }

    private static void probe() throws Exception {
        int rows = 20_000;
        int width = 384;
        int classes = 10;
        float[] features = new float[rows * width];
        int[] labels = new int[rows];
        Rng.of(1).normals(features, 0, features.length);
        List<Row> all = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            labels[i] = i % classes;
            Float[] numbers = new Float[width];
            for (int f = 0; f < width; f++) {
                features[i * width + f] += f % classes == labels[i] ? 0.2f : 0;
                numbers[f] = features[i * width + f];
            }
            all.add(RowFactory.create(numbers, labels[i]));
        }
        StructType schema = DataTypes.createStructType(new StructField[] {
            DataTypes.createStructField("features", DataTypes.createArrayType(DataTypes.FloatType), true),
            DataTypes.createStructField("label", DataTypes.IntegerType, true)
        });
        Dataset<Row> frame =
                Cluster.session().createDataFrame(all, schema).repartition(2).cache();
        frame.count();
        // Two fits that differ in their iterations alone: what is left is evaluations.
        double here = perIteration(iterations -> LinearProbe.logistic()
                .withL2(1e-4)
                .withTolerance(1e-12)
                .withMaxIterations(iterations)
                .fit(Nd4j.createFromArray(features).reshape(rows, width), labels));
        double there = perIteration(iterations -> SparkProbe.fit(
                frame,
                LinearProbe.logistic().withL2(1e-4).withTolerance(1e-12).withMaxIterations(iterations),
                Rng.of(1),
                Progress.none()));
        JavaRDD<Integer> two = new JavaSparkContext(Cluster.session().sparkContext()).parallelize(List.of(0, 1), 2);
        double[] empty = new double[21];
        for (int i = 0; i < empty.length; i++) {
            empty[i] = seconds(() -> PartitionJob.collect(two, Iterator::next)) * 1e3;
        }
        say(
                "L-BFGS iteration on %d x %d, %d classes: %.1f ms here, %.1f ms over two executors; an empty job: %.1f"
                        + " ms",
                rows, width, classes, here, there, median(empty));
    }

    private interface Fit {
        LinearProbe run(int iterations);
    }

    private static double perIteration(Fit fit) throws Exception {
        double[] times = new double[3];
        for (int i = 0; i < 3; i++) {
            double few = seconds(() -> fit.run(1));
            double more = seconds(() -> fit.run(9));
            times[i] = (more - few) / 8 * 1e3;
        }
        return median(times);
    }
}
