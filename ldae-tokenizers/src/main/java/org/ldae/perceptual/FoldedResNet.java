package org.ldae.perceptual;

import java.util.ArrayList;
import java.util.List;
import org.ldae.compute.Activation;
import org.ldae.compute.MapShape;
import org.ldae.compute.Window;
import org.ldae.nn.conv.ConvNet;

/**
 * The residual networks of CIFAR-10 (He et al. 2015, section 4.2: ResNet-20, 32, 44, 56, 110), batch normalisation folded
 * into the convolutions. The first block of each later stage halves the sides.
 *
 * @param widths channels of each stage
 * @param blocks blocks of a stage
 * @param classes classes of its head
 */
record FoldedResNet(List<Integer> widths, int blocks, int classes) implements Body.ImageNetPixels {

    private static final Window SAME = Window.same(3);

    @Override
    public List<ConvNet> stages(MapShape image) {
        List<ConvNet> stages = new ArrayList<>();
        stages.add(ConvNet.of(image).convolve("conv1", SAME, widths.get(0)).activate(Activation.RELU));
        for (int stage = 1; stage <= widths.size(); stage++) {
            ConvNet net = ConvNet.of(stages.get(stage - 1).output());
            for (int block = 0; block < blocks; block++) {
                String name = "layer%s.%s".formatted(stage, block);
                Window first = stage > 1 && block == 0 ? SAME.withStride(2) : SAME;
                int outputs = widths.get(stage - 1);
                net = net.residual(
                                name,
                                branch -> branch.convolve(name + ".conv1", first, outputs)
                                        .activate(Activation.RELU)
                                        .convolve(name + ".conv2", SAME, outputs))
                        .activate(Activation.RELU);
            }
            stages.add(net);
        }
        return stages;
    }
}
