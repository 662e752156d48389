package org.ldae.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.ldae.core.Rng;

/**
 * A set made by code, no satellite's: fields seen in blue, green, red, near infrared, short-wave infrared and thermal infrared. The
 * four classes look alike in colours pairwise: fields are small or large, and their bright parts are warm or cool.
 */
final class MadeFields {

    static final int BANDS = 6;
    static final int SIDE = 32;

    private static final String[] CLASSES = {"large-cool", "large-warm", "small-cool", "small-warm"};

    /** How bright the bands are on average, and how they follow the ground's brightness, in parts of 65,535. */
    private static final double[] MEAN = {0.10, 0.14, 0.12, 0.35, 0.22, 0.45};

    private static final double[] FOLLOWS = {0.02, 0.03, 0.04, -0.06, 0.05, 0.05};
    private static final double NOISE = 0.01;
    private static final double SMALL = 0.9;
    private static final double LARGE = 0.4;
    private static final int WAVES = 4;

    private MadeFields() {}

    /** Writes {@code train} and {@code test} folders with a folder a class, so many GeoTIFFs in each. */
    static void write(Path folder, int train, int test, Rng rng) throws IOException {
        for (int label = 0; label < CLASSES.length; label++) {
            Rng drawn = rng.stream(CLASSES[label]);
            write(Files.createDirectories(folder.resolve("train").resolve(CLASSES[label])), label, 0, train, drawn);
            write(Files.createDirectories(folder.resolve("test").resolve(CLASSES[label])), label, train, test, drawn);
        }
    }

    private static void write(Path folder, int label, int first, int count, Rng rng) throws IOException {
        for (int i = 0; i < count; i++) {
            int[] samples = samples(label, rng.stream(Integer.toString(first + i)));
            GeoTiff.write(folder.resolve("%s-%04d.tif".formatted(CLASSES[label], i)), SIDE, BANDS, samples);
        }
    }

    /** Waves of random directions and phases make the ground; the thermal band follows it or its opposite. */
    private static int[] samples(int label, Rng rng) {
        float[] draws = new float[2 * WAVES + SIDE * SIDE * BANDS];
        rng.normals(draws, 0, draws.length);
        double pitch = label < 2 ? LARGE : SMALL;
        double warm = label % 2 == 0 ? -1 : 1;
        int[] samples = new int[SIDE * SIDE * BANDS];
        for (int pixel = 0; pixel < SIDE * SIDE; pixel++) {
            double ground = 0;
            for (int wave = 0; wave < WAVES; wave++) {
                double turn = Math.PI * draws[2 * wave];
                double along = pixel % SIDE * Math.cos(turn) + Math.floorDiv(pixel, SIDE) * Math.sin(turn);
                ground += Math.sin(pitch * along + Math.PI * draws[2 * wave + 1]) / Math.sqrt(WAVES);
            }
            for (int band = 0; band < BANDS; band++) {
                double sign = band == BANDS - 1 ? warm : 1;
                double value =
                        MEAN[band] + sign * FOLLOWS[band] * ground + NOISE * draws[2 * WAVES + pixel * BANDS + band];
                samples[pixel * BANDS + band] = (int) Math.round(65_535 * Math.max(0, Math.min(1, value)));
            }
        }
        return samples;
    }
}
