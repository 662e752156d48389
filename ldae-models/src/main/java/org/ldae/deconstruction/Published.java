package org.ldae.deconstruction;

/**
 * What the paper printed for a step: DiT-L on ImageNet at 256 x 256, 400 epochs.
 *
 * @param accuracy linear-probe top-1 in percent
 * @param fid FID-50K, NaN where none was printed
 * @param source table or section
 */
public record Published(double accuracy, double fid, String source) {

    static Published of(double accuracy, String source) {
        return new Published(accuracy, Double.NaN, source);
    }
}
