package org.ldae.perceptual;

import java.util.ArrayList;
import java.util.List;
import org.ldae.compute.Kernels;
import org.ldae.compute.MapShape;
import org.ldae.compute.Tensor;
import org.ldae.nn.Workspace;
import org.ldae.nn.conv.ConvNet;
import org.ldae.nn.conv.ConvPass;
import org.ldae.nn.conv.MapMemory;
import org.ldae.nn.conv.Maps;

/** The stages of a feature net at work on n images; belongs to one thread. */
final class FeaturePass {

    private final Kernels kernels;
    private final List<ConvPass> stages = new ArrayList<>();
    private final Tensor pixels;
    private final Tensor scale;
    private final Tensor shift;

    /** What a pass is for. */
    enum Purpose {
        /** The last feature map, in little memory. */
        REPRESENT,
        /** Gradients of the parameters. */
        LEARN,
        /** Gradients of the images. */
        COMPARE
    }

    FeaturePass(Body body, Workspace work, MapShape image, int images, Purpose purpose) {
        List<ConvNet> nets = body.stages(image);
        ConvNet[] all = nets.toArray(new ConvNet[0]);
        MapMemory memory = purpose == Purpose.REPRESENT
                ? MapMemory.inference(work, images, all)
                : MapMemory.training(work, images, all);
        Maps x = purpose == Purpose.COMPARE ? memory.differentiableInput(image) : memory.input(image);
        for (ConvNet net : nets) {
            ConvPass stage = net.pass(x, memory);
            stages.add(stage);
            x = stage.output();
        }
        this.kernels = work.kernels();
        this.pixels = work.allocate(images * image.pixels(), image.channels());
        this.scale = work.allocate(1, image.channels());
        this.shift = work.allocate(1, image.channels());
        scale.put(body.scale());
        shift.put(body.shift());
    }

    /** Where the caller writes the images: {@code [n H W, C]}, pixels in [-1, 1]. */
    Tensor pixels() {
        return pixels;
    }

    /** Feature maps in the order of depth. A pass to {@link Purpose#REPRESENT} keeps the last only. */
    List<Maps> maps() {
        return stages.stream().map(ConvPass::output).toList();
    }

    Maps last() {
        return stages.get(stages.size() - 1).output();
    }

    void forward() {
        forward(stages.size(), (stage, maps) -> {});
    }

    /** Sees the feature map of a stage, from 1, before the next stage may overwrite it. */
    @FunctionalInterface
    interface Visitor {
        void see(int stage, Maps maps);
    }

    void forward(int last, Visitor visitor) {
        Tensor input = stages.get(0).input().values();
        kernels.tile(shift, input);
        kernels.gate(input, pixels, scale, input);
        for (int stage = 1; stage <= last; stage++) {
            stages.get(stage - 1).forward();
            visitor.see(stage, stages.get(stage - 1).output());
        }
    }

    /** Turns the gradient of one stage's feature map into that of the map before it. */
    void backward(int stage, boolean learn) {
        stages.get(stage).backward(learn);
    }

    /** Adds the gradient of the pixels to another's, once all stages have run backward. */
    void addPixelGradient(Tensor to) {
        kernels.gate(to, stages.get(0).input().gradient(), scale, to);
    }
}
