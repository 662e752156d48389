package org.ldae.study;

import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.Augmentation;
import org.ldae.data.Dataset;
import org.ldae.data.ImageSource;
import org.ldae.models.LatentDAE;
import org.ldae.perceptual.FeatureNet;
import org.ldae.sampling.FrechetDistance;
import org.ldae.sampling.Sampler;
import org.ldae.sampling.Samples;
import org.ldae.training.HeldOut;
import org.ldae.training.Training;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How far a model's samples lie from test images: the Frechet distance on the features of a small classifier trained on the
 * study's labels. The counterpart of the paper's FID column, and comparable among studies of the same images only.
 */
final class SampleDistance {

    /** Samples, and as many test images: the distance shrinks with the number of either. */
    private static final int MOST = 1000;

    private static final int STEPS = 25;
    private static final FeatureNet.Options NET = FeatureNet.small()
            .withSize(8, 1)
            .withTraining(Training.steps(300)
                    .withBatchSize(32)
                    .withAugmentation(Augmentation.none().withFlip())
                    .withHeldOut(HeldOut.every(6)));

    /** Not the study's: cells of studies with other seeds stand in one table. */
    private static final Rng KEY = Rng.of(1).stream("sample distance");

    private final Dataset data;
    private @Nullable INDArray features;
    private @Nullable FeatureNet net;

    /** Distances of one study: the classifier is trained when the first is asked for. */
    SampleDistance(Dataset data) {
        this.data = data;
    }

    /** The distance of samples drawn with a key, as many as there are test images and at most 1000. */
    double of(LatentDAE model, Rng key, Progress progress) {
        int count = Math.min(MOST, data.test().size());
        Samples samples = Samples.of(model, Sampler.dpmSolver(STEPS)).startingLike(data.train());
        Rng draws = key.stream("samples");
        INDArray images = model.classNames().isEmpty()
                ? samples.draw(count, draws, progress)
                : samples.draw(labels(count), draws, progress);
        return FrechetDistance.between(
                net(progress).represent(ImageSource.of(images, new int[0], List.of())), features(progress));
    }

    /** Labels as often as among the test images. */
    private int[] labels(int count) {
        return IntStream.range(0, count).map(data.test()::label).toArray();
    }

    private synchronized FeatureNet net(Progress progress) {
        if (net == null) {
            net = FeatureNet.fit(data.train(), NET, KEY, progress);
        }
        return net;
    }

    private synchronized INDArray features(Progress progress) {
        if (features == null) {
            features = net(progress).represent(data.test().limit(MOST));
        }
        return features;
    }
}
