package org.ldae.evaluation;

/**
 * A point of the map of blocks, noise levels and readouts, by a quick probe on some images.
 *
 * @param readout how features were read
 * @param block after which, from 1
 * @param time the network was told, in [0, 1]
 * @param noisy whether the input had noise of that time
 * @param top1 share of right predictions, in [0, 1]
 */
public record MapPoint(String readout, int block, double time, boolean noisy, double top1) {}
