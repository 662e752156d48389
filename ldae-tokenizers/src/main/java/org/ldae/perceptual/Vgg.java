package org.ldae.perceptual;

import java.util.ArrayList;
import java.util.List;
import org.ldae.compute.Activation;
import org.ldae.compute.MapShape;
import org.ldae.compute.Window;
import org.ldae.nn.conv.ConvNet;

/**
 * The convolutions of a VGG (Simonyan and Zisserman 2014) as torchvision names them; no head. A stage ends before each
 * pooling, where LPIPS reads too.
 *
 * @param stages the convolutions of each stage
 */
record Vgg(List<List<Conv>> stages) implements Body.ImageNetPixels {

    /** A convolution {@code features.<index>}. */
    record Conv(int index, int outputs) {
        String name() {
            return "features." + index;
        }
    }

    @Override
    public int classes() {
        return 0;
    }

    @Override
    public List<ConvNet> stages(MapShape image) {
        List<ConvNet> nets = new ArrayList<>();
        ConvNet net = ConvNet.of(image);
        for (List<Conv> stage : stages) {
            for (Conv conv : stage) {
                net = net.convolve(conv.name(), Window.same(3), conv.outputs()).activate(Activation.RELU);
            }
            nets.add(net);
            net = ConvNet.of(net.output()).maxPool();
        }
        return nets;
    }
}
