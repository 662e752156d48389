package org.ldae.perceptual;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ldae.compute.Activation;
import org.ldae.compute.MapShape;
import org.ldae.compute.Window;
import org.ldae.nn.conv.ConvNet;

/**
 * What is trained here: a residual network with group normalisation before each convolution (He et al. 2016, Wu and He
 * 2018), so that an image's features don't depend on its batch.
 */
record NormalisedBody(int channels, int classes, int width, int blocks) implements Body {

    static final int STAGES = 3;
    private static final Window SAME = Window.same(3);

    @Override
    public List<ConvNet> stages(MapShape image) {
        List<ConvNet> stages = new ArrayList<>();
        ConvNet net = ConvNet.of(image).convolve("in", SAME, width);
        for (int stage = 0; stage < STAGES; stage++) {
            for (int block = 0; block < blocks; block++) {
                String name = "stages.%s.%s".formatted(stage, block);
                Window first = stage > 0 && block == 0 ? SAME.withStride(2) : SAME;
                int outputs = width << stage;
                net = net.residual(
                        name,
                        branch -> branch.norm(name + ".norm1", Activation.RELU)
                                .convolve(name + ".conv1", first, outputs)
                                .norm(name + ".norm2", Activation.RELU)
                                .convolve(name + ".conv2", SAME, outputs));
            }
            stages.add(stage + 1 < STAGES ? net : net.norm("out", Activation.RELU));
            net = ConvNet.of(net.output());
        }
        return stages;
    }

    @Override
    public float[] scale() {
        float[] ones = new float[channels];
        Arrays.fill(ones, 1);
        return ones;
    }

    @Override
    public float[] shift() {
        return new float[channels];
    }
}
