package org.ldae.evaluation;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.ldae.baselines.Supervised;
import org.ldae.baselines.ViTClassifier;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.Dataset;
import org.ldae.data.ImageSource;
import org.ldae.probe.Evaluation;

/**
 * A network trained end to end with labels, from an encoder and from scratch, with the same arithmetic.
 *
 * @param labels part of the training images that were labelled, such as "10%"
 * @param images how many these are
 * @param start "the encoder" or "scratch"
 * @param training how it was trained
 * @param top1 share of right predictions of test images, in [0, 1]
 * @param lower lower end of its Wilson 95% interval
 * @param upper upper end
 */
public record FineTuning(
        String labels, int images, String start, String training, double top1, double lower, double upper) {

    /** Percent of the training images that are labelled. */
    private static final int[] PERCENT = {10, 100};

    /** Both starts with each number of labels; smaller batches where there are fewer images than one. */
    static List<FineTuning> of(Supervised tuned, Dataset data, Rng rng, Progress progress) {
        return Arrays.stream(PERCENT)
                .boxed()
                .flatMap(percent -> {
                    int[] order =
                            rng.stream("fine-tuning").permutation(data.train().size());
                    int count = Math.max(1, order.length * percent / 100);
                    ImageSource some = data.train().select(Arrays.copyOf(order, count));
                    Supervised own = tuned.withTraining(tuned.training()
                            .withBatchSize(Math.min(tuned.training().batchSize(), count)));
                    Dataset labelled = new Dataset(some, data.test());
                    return Stream.of(
                            one("the encoder", percent + "%", own, labelled, rng, progress),
                            one("scratch", percent + "%", own.fromScratch(), labelled, rng, progress));
                })
                .toList();
    }

    private static FineTuning one(
            String start, String labels, Supervised how, Dataset data, Rng rng, Progress progress) {
        try (ViTClassifier classifier = how.train(data.train(), rng, progress)) {
            Evaluation test = classifier.evaluate(data.test());
            Evaluation.Interval interval = test.interval();
            return new FineTuning(
                    labels,
                    data.train().size(),
                    start,
                    how.training().length() + ", rate " + how.training().rate(),
                    test.top1(),
                    interval.lower(),
                    interval.upper());
        }
    }
}
