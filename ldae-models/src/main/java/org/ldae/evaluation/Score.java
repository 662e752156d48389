package org.ldae.evaluation;

import java.util.List;
import org.ldae.probe.Classifier;
import org.ldae.probe.Evaluation;

/**
 * A classifier's accuracy on the test images.
 *
 * @param subject whose features
 * @param readout how they were read, such as "pyramid-1-2-4"; ".all-blocks" tells of several side by side
 * @param blocks that were read, one of them chosen on held-out training images; empty for an encoder's last
 * @param width numbers of an image
 * @param flops floating-point operations that reading out an image costs
 * @param top1 share of right predictions, in [0, 1]
 * @param lower lower end of its Wilson 95% interval
 * @param upper upper end
 * @param classifier the method and the settings it ended up with
 * @param seconds that fitting, and choosing a block if one was, took
 */
public record Score(
        String subject,
        String readout,
        List<Integer> blocks,
        int width,
        long flops,
        double top1,
        double lower,
        double upper,
        String classifier,
        double seconds) {

    /** Some columns of a subject's features, and what they cost. */
    record Read(String subject, Slice slice, long flops) {}

    static Score of(Read read, String readout, Classifier classifier, Evaluation test, long began) {
        Evaluation.Interval interval = test.interval();
        return new Score(
                read.subject(),
                readout,
                read.slice().blocks(),
                read.slice().width(),
                read.flops(),
                test.top1(),
                interval.lower(),
                interval.upper(),
                classifier.describe(),
                (System.nanoTime() - began) / 1e9);
    }

    /** The same number under another readout, which reads the same of this subject. */
    Score under(String other) {
        return new Score(subject, other, blocks, width, flops, top1, lower, upper, classifier, seconds);
    }
}
