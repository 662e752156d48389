package org.ldae.bench;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.ldae.compute.Backend;
import org.ldae.compute.Workers;
import org.ldae.core.ImageShape;
import org.ldae.core.Rng;
import org.ldae.core.TokenGrid;
import org.ldae.data.ImageSource;
import org.ldae.inference.Features;
import org.ldae.inference.Predictor;
import org.ldae.inference.Reading;
import org.ldae.models.PlainEncoder;
import org.ldae.models.Provenance;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One colour picture of 64 x 64 to features by four blocks of width 128 over 64 tokens, from as many callers as {@code -t} says:
 * by {@link Predictor}, by {@code represent}, and the network alone.
 */
public class PredictorBenchmark extends BothKernels<PredictorBenchmark.Served> {

    private static final int WIDTH = 128;
    private static final TokenGrid GRID = new TokenGrid(new ImageShape(3, 64, 64), 8);

    @Override
    Served open() {
        PlainEncoder.Sizes sizes = new PlainEncoder.Sizes(StepTask.plain(WIDTH, 4, 4), GRID);
        Parameters parameters = sizes.parameters(Rng.of(1));
        ImageSource images = ImageSource.of(Numbers.images("images", 1, GRID.image()), new int[0], List.of());
        PlainEncoder encoder = new PlainEncoder(sizes, Provenance.of(1, images), parameters);
        return new Served(encoder, parameters, images, encoder.predictor(Features.pooled()));
    }

    /**
     * The kept way.
     *
     * @param caller whose picture it is
     * @return features
     */
    @Benchmark
    public float[] predictor(Caller caller) {
        return subject().predictor.features(caller.pixels);
    }

    /** The way for many pictures. */
    @Benchmark
    public void represent() {
        subject().encoder.represent(subject().images, Features.pooled()).close();
    }

    /**
     * The network alone, to its tokens.
     *
     * @param caller whose pass it is
     * @return tokens
     */
    @Benchmark
    public float[] network(Caller caller) {
        return Workers.withSingleThreadedBlas(() -> {
            Objects.requireNonNull(caller.pass).run(caller.pixels, caller.tokens, 0);
            return caller.tokens[0];
        });
    }

    /** An encoder over parameters, one image and the encoder's predictor. */
    record Served(PlainEncoder encoder, Parameters parameters, ImageSource images, Predictor predictor)
            implements AutoCloseable {
        @Override
        public void close() {
            predictor.close();
            encoder.close();
        }
    }

    /** What one caller has of its own. */
    @State(Scope.Thread)
    public static class Caller {
        private final float[] pixels = new float[GRID.image().size()];
        private final float[][] tokens = new float[1][GRID.tokens() * WIDTH];
        private @Nullable Workspace work;
        private Reading.@Nullable Pass pass;

        /**
         * Builds a pass of the network.
         *
         * @param benchmark what is served
         */
        @Setup(Level.Trial)
        public void setUp(PredictorBenchmark benchmark) {
            Served served = benchmark.subject();
            served.images.read(0, pixels, 0);
            work = Workspace.inference(Backend.kernels(), served.parameters);
            pass = served.encoder.reading(Features.tokens()).tokens().of(work, 1);
        }

        /** Frees it. */
        @TearDown(Level.Trial)
        public void tearDown() {
            Objects.requireNonNull(work).close();
        }
    }
}
