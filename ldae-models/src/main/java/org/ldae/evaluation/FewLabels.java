package org.ldae.evaluation;

import java.util.List;

/**
 * Accuracy of probes fitted on few labels.
 *
 * @param subject whose features
 * @param readout how they were read
 * @param labels how many, such as "4 a class" or "1%"
 * @param images that were labelled
 * @param l2 penalty of ridge regression, chosen on training images outside the first draw
 * @param top1 of each draw, in [0, 1]; draws are the same for every subject, so that differences can be paired
 */
public record FewLabels(String subject, String readout, String labels, int images, double l2, List<Double> top1) {}
