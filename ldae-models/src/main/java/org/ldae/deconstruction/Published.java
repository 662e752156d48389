package org.ldae.deconstruction;

import java.util.OptionalDouble;

/**
 * What the paper printed for a step: DiT-L on ImageNet at 256 x 256, 400 epochs.
 *
 * @param accuracy linear-probe top-1 in percent
 * @param fid FID-50K, where one was printed
 * @param source table or section
 */
public record Published(double accuracy, OptionalDouble fid, String source) {

    static Published of(double accuracy, String source) {
        return new Published(accuracy, OptionalDouble.empty(), source);
    }

    static Published withFid(double accuracy, double fid, String source) {
        return new Published(accuracy, OptionalDouble.of(fid), source);
    }
}
