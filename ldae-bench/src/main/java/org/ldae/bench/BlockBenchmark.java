package org.ldae.bench;

import org.ldae.compute.Backend;
import org.ldae.compute.Tensor;
import org.ldae.core.ImageShape;
import org.ldae.core.Rng;
import org.ldae.core.TokenGrid;
import org.ldae.nn.Denoiser.Conditions;
import org.ldae.nn.Denoiser.Pass;
import org.ldae.nn.Denoiser.Signature;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;
import org.ldae.transformer.VisionTransformer;
import org.ldae.transformer.VisionTransformer.Conditioning;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** A whole transformer block over four images on one thread, between ends of a single number a token. */
public class BlockBenchmark extends BothKernels<BlockBenchmark.Net> {

    private static final int IMAGES = 4;
    private static final int HEAD_WIDTH = 64;

    /** Tokens of an image, a square. */
    @Param({"64", "196", "256"})
    public int tokens = 64;

    /** Width of the network. */
    @Param({"384", "768", "1024"})
    public int width = 384;

    /** Plain, or told the time by shift, scale and gate. */
    @Param({"NONE", "ADALN_ZERO"})
    public Conditioning conditioning = Conditioning.NONE;

    @Override
    Net open() {
        VisionTransformer net = StepTask.plain(width, width / HEAD_WIDTH, 1).withConditioning(conditioning);
        return new Net(net, (int) Math.round(Math.sqrt(tokens)));
    }

    /**
     * Tokens to prediction.
     *
     * @return the prediction
     */
    @Benchmark
    public Tensor forward() {
        return subject().pass.forward(subject().conditions);
    }

    /** Gradients of everything. */
    @Benchmark
    public void backward() {
        subject().pass.backward(subject().slope);
    }

    /** A network of one block that has run forward. */
    static final class Net implements AutoCloseable {
        private final Parameters parameters;
        private final Workspace work;
        private final Pass pass;
        private final Conditions conditions = Conditions.of(IMAGES);
        private final Tensor slope;

        Net(VisionTransformer net, int side) {
            Signature signature = Signature.of(new TokenGrid(new ImageShape(1, side, side), 1), 1, 1)
                    .withTime(true);
            parameters = net.layout(signature).initialise(Rng.of(1));
            work = Workspace.training(Backend.kernels(), parameters);
            pass = net.pass(work, signature, IMAGES);
            pass.input().put(Numbers.normals("input", pass.input().size()));
            slope = Numbers.normals("slope", pass.input().rows(), 1);
            pass.forward(conditions);
        }

        @Override
        public void close() {
            slope.close();
            work.close();
            parameters.close();
        }
    }
}
