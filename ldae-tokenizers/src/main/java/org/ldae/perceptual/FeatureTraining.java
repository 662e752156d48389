package org.ldae.perceptual;

import java.util.List;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;
import org.ldae.nn.Workspace;
import org.ldae.nn.conv.ConvNet;
import org.ldae.nn.conv.MapMemory;
import org.ldae.training.HeldOut;
import org.ldae.training.ImageFeed;
import org.ldae.training.ImagePart;
import org.ldae.training.Learner;
import org.ldae.training.Share;
import org.ldae.training.Task;

/** The cross-entropy of a feature net's classes. */
record FeatureTraining(FeatureNet net, FeatureNet.Options options, HeldOut.Split split, Rng rng) implements Task {

    @Override
    public String name() {
        return "feature net";
    }

    @Override
    public String settings() {
        return options + " " + split.training().hash();
    }

    @Override
    public ImageSource images() {
        return split.training();
    }

    @Override
    public List<Learner> learners() {
        return List.of(Learner.of("network", net.parameters()));
    }

    @Override
    public int imagesAtOnce() {
        return MapMemory.imagesAtOnce(
                net.body().stages(FeatureNet.sides(images().shape())).toArray(new ConvNet[0]));
    }

    @Override
    public Part part(Share share, List<Workspace> work) {
        ClassifyingImages pass = new ClassifyingImages(net.body(), images().shape(), work.get(0), share.size());
        return ImagePart.of(share, new ImageFeed(images(), options.training(), rng, share), pass)
                .withHeldOut(split.heldOut());
    }
}
