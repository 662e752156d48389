package org.ldae.campaign;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.ldae.checkpoint.Safetensors;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;
import org.ldae.inference.Features;
import org.ldae.models.LatentDAE;
import org.ldae.models.PlainEncoder;
import org.ldae.models.Synthetic;
import org.ldae.perceptual.FeatureNet;
import org.ldae.probe.LinearProbe;
import org.ldae.sampling.Sampler;
import org.ldae.sampling.Samples;
import org.ldae.study.Shapes;
import org.ldae.tokenizers.Tokenizer;
import org.ldae.tokenizers.TokenizerOptions;
import org.ldae.tokenizers.conv.ConvVAE;
import org.ldae.tokenizers.linear.PatchVAE;
import org.ldae.training.Training;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Uses every object that may be shared from 8 threads at a time, and closes those that can be closed meanwhile: every call gives the
 * numbers that it gives alone, or says that the object is closed.
 *
 * <p>Run with the number of rounds: {@code SharedObjects 100}.
 */
public final class SharedObjects {

    private static final int THREADS = 8;
    private static final int CALLS = 6;
    private static final ImageSource IMAGES = Synthetic.images(24, 1);
    private static final ImageSource LABELLED = Shapes.images(48, 1);
    private static final double TOLERANCE = 1e-5;

    private final Path folder;
    private long calls;
    private long refused;

    /** An object, what is called on it, and how it is closed. */
    private record Shared(String name, List<Callable<INDArray>> uses, AutoCloseable closed) {}

    SharedObjects(Path folder) {
        this.folder = folder;
    }

    /** New objects, used and closed. */
    void round() throws Exception {
        List<Shared> all = new ArrayList<>();
        all.add(model());
        all.add(plain());
        all.add(net());
        all.add(file());
        for (TokenizerOptions options : List.of(
                Synthetic.tokenizer(),
                PatchVAE.patch(4).dimension(5),
                ConvVAE.factor(2).channels(1).withTraining(Training.steps(2).withBatchSize(8)))) {
            all.add(tokenizer(options.fit(IMAGES, Rng.of(1), Progress.none())));
        }
        all.add(images());
        all.add(probe());
        for (Shared each : all) {
            use(each);
        }
    }

    private static Shared model() {
        LatentDAE model = LatentDAE.untrained(Synthetic.recipe(), IMAGES, Rng.of(1));
        INDArray some = IMAGES.images(0, 1, 2);
        return new Shared(
                "LatentDAE",
                List.of(
                        () -> model.represent(IMAGES),
                        () -> model.represent(IMAGES, Features.tokens()),
                        () -> model.denoise(some, 0.5),
                        () -> model.addNoise(some, 0.5, Rng.of(2)),
                        () -> Samples.of(model, Sampler.ddim(3))
                                .startingLike(IMAGES)
                                .draw(2, Rng.of(3), Progress.none())),
                model);
    }

    private static Shared plain() {
        try (LatentDAE model = LatentDAE.untrained(Synthetic.recipe(), IMAGES, Rng.of(1))) {
            PlainEncoder plain = model.plainEncoder(0.01);
            return new Shared("PlainEncoder", List.of(() -> plain.represent(IMAGES, Features.pooled())), plain);
        }
    }

    private static Shared net() {
        FeatureNet net = FeatureNet.fit(
                LABELLED,
                FeatureNet.small().withSize(4, 1).withTraining(Training.steps(2).withBatchSize(8)),
                Rng.of(1),
                Progress.none());
        return new Shared("FeatureNet", List.of(() -> net.represent(LABELLED)), net);
    }

    private Shared file() throws IOException {
        Path path = folder.resolve("shared.safetensors");
        try (LatentDAE model = LatentDAE.untrained(Synthetic.recipe(), IMAGES, Rng.of(1))) {
            model.save(path);
        }
        Safetensors file = Safetensors.read(path);
        String name = "denoiser.embed.weight";
        return new Shared("Safetensors", List.of(() -> file.tensor(name)), file);
    }

    private static Shared tokenizer(Tokenizer tokenizer) {
        INDArray some = IMAGES.images(0, 1, 2);
        return new Shared(
                "tokenizer " + tokenizer.options().name(),
                List.of(() -> tokenizer.encode(some), () -> tokenizer.decode(tokenizer.encode(some))),
                () -> {});
    }

    private Shared images() throws IOException {
        ImageSource packed = IMAGES.packed(folder.resolve("packed"), Progress.none());
        ImageSource cached = packed.resized(8).cached();
        return new Shared("images", List.of(() -> packed.images(3, 7), () -> cached.images(1, 2)), () -> {});
    }

    private static Shared probe() {
        INDArray features = LABELLED.images(IntStream.range(0, 48).toArray())
                .reshape(48, LABELLED.shape().size());
        LinearProbe probe = LinearProbe.ridge().fit(features, LABELLED.labels(), Rng.of(1), Progress.none());
        return new Shared("LinearProbe", List.of(() -> Nd4j.createFromArray(probe.predict(features))), () -> {});
    }

    private void use(Shared shared) throws Exception {
        List<float[]> expected = new ArrayList<>();
        for (Callable<INDArray> use : shared.uses) {
            expected.add(numbers(use.call()));
        }
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        CountDownLatch begun = new CountDownLatch(THREADS);
        try {
            List<Future<Integer>> users = new ArrayList<>();
            for (int t = 0; t < THREADS; t++) {
                int first = t;
                users.add(threads.submit(() -> {
                    begun.countDown();
                    return calls(shared, expected, first);
                }));
            }
            begun.await();
            Thread.sleep(ThreadLocalRandom.current().nextInt(10));
            shared.closed.close();
            for (Future<Integer> user : users) {
                int answered = user.get();
                calls += CALLS;
                refused += CALLS - answered;
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(shared.name + ": " + e.getCause(), e);
        } finally {
            threads.shutdown();
        }
    }

    /** How many calls were answered, rightly; the others said that the object is closed. */
    private static int calls(Shared shared, List<float[]> expected, int first) throws Exception {
        int answered = 0;
        for (int i = 0; i < CALLS; i++) {
            int use = (first + i) % expected.size();
            try {
                float[] actual = numbers(shared.uses.get(use).call());
                for (int k = 0; k < actual.length; k++) {
                    if (!(Math.abs(actual[k] - expected.get(use)[k]) <= TOLERANCE)) {
                        throw new IllegalStateException(
                                "use %s: expected %s, got %s".formatted(use, expected.get(use)[k], actual[k]));
                    }
                }
                answered++;
            } catch (IllegalStateException | IOException e) {
                if (!String.valueOf(e.getMessage()).contains("closed")) {
                    throw e;
                }
            }
        }
        return answered;
    }

    private static float[] numbers(INDArray array) {
        return array.dup('c').data().asFloat();
    }

    @Override
    public String toString() {
        return "%s calls right, %s refused as closed, none wrong".formatted(calls - refused, refused);
    }

    /**
     * Runs so many rounds.
     *
     * @param args their number
     * @throws Exception if a call was wrong
     */
    public static void main(String[] args) throws Exception {
        SharedObjects shared = new SharedObjects(Files.createTempDirectory("shared"));
        long began = System.nanoTime();
        for (int i = 0; i < Integer.parseInt(args[0]); i++) {
            shared.round();
        }
        System.out.printf(Locale.ROOT, "%s rounds in %.0f s: %s%n", args[0], (System.nanoTime() - began) / 1e9, shared);
    }
}
