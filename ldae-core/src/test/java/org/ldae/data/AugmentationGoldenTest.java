package org.ldae.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.apache.commons.rng.UniformRandomProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ldae.core.ImageShape;
import org.ldae.core.Rng;
import org.ldae.data.RandomCrop.Box;
import org.ldae.data.decoding.PicturesTest;

/** Crops are Pillow's and boxes and colours torchvision's; golden/data/augmentation.csv tells what the lines are. */
class AugmentationGoldenTest {

    private static final ImageShape COLOUR = new ImageShape(3, 5, 6);
    private static final int DRAWS = 40_000;

    static List<String> lines() throws IOException {
        return Files.readAllLines(PicturesTest.folder().resolveSibling("augmentation.csv"));
    }

    static List<String> crops() throws IOException {
        return lines().stream()
                .filter(line -> line.startsWith("levels") || line.startsWith("exact"))
                .toList();
    }

    static List<String> colours() throws IOException {
        return lines().stream()
                .filter(line -> line.matches("(brightness|contrast|saturation|grey),.*"))
                .toList();
    }

    static List<String> boxes() throws IOException {
        return lines().stream().filter(line -> line.startsWith("boxes")).toList();
    }

    @Test
    void everyLineIsUsed() throws IOException {
        assertEquals(27, lines().size());
        assertEquals(27, crops().size() + colours().size() + boxes().size());
    }

    @ParameterizedTest
    @MethodSource("crops")
    void cropsAreEnlargedAsByPillow(String line) {
        String[] parts = line.split(",");
        int[] n = Arrays.stream(parts, 1, 7).mapToInt(Integer::parseInt).toArray();
        Box box = new Box(n[2], n[3], n[4], n[5]);
        boolean levels = parts[0].equals("levels");
        // Two channels, of which the golden one is the second, behind something else.
        ImageShape shape = new ImageShape(2, n[0], n[1]);
        int plane = n[0] * n[1];
        float[] image = new float[5 + shape.size()];
        for (int i = 0; i < plane; i++) {
            image[5 + plane + i] = levels ? level(i / n[1], i % n[1]) : smooth(i / n[1], i % n[1]);
        }
        float[] scratch = new float[Enlargement.scratch(shape)];
        Arrays.fill(scratch, 7);
        new Enlargement(new ImageSlice(image, 5, shape), scratch).of(box);
        byte[] bytes = levels ? HexFormat.of().parseHex(parts[7]) : new byte[0];
        double[] floats = levels ? new double[0] : numbers(parts[7]);
        for (int i = 0; i < plane; i++) {
            assertEquals(0, image[5 + i]);
            if (levels) {
                float level = Math.round((image[5 + plane + i] + 1) * 127.5f);
                assertEquals(bytes[i] & 0xff, level, 1, line.substring(0, 24));
            } else {
                assertEquals(floats[i], image[5 + plane + i], 5e-6);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("colours")
    void coloursChangeAsInTorchvision(String line) {
        String[] parts = line.split(",");
        double[] expected = numbers(parts[2]);
        float[] image = new float[expected.length];
        for (int i = 0; i < image.length; i++) {
            image[i] = (float) (((i * 37 + i * i * 11) % 101) / 50.0 - 1);
        }
        float factor = Float.parseFloat(parts[1]);
        boolean grey = parts[0].equals("grey");
        ImageSlice slice = new ImageSlice(image, 0, grey ? new ImageShape(1, 5, 6) : COLOUR);
        switch (parts[0]) {
            case "brightness" -> ColourJitter.brighten(slice, factor);
            case "saturation" -> ColourJitter.saturate(slice, factor);
            default -> ColourJitter.contrast(slice, factor);
        }
        for (int i = 0; i < image.length; i++) {
            assertEquals(expected[i], (image[i] + 1) / 2, 2e-6);
        }
    }

    @ParameterizedTest
    @MethodSource("boxes")
    void boxesAreDrawnAsByTorchvision(String line) {
        String[] parts = line.split(",");
        ImageShape shape = new ImageShape(1, Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
        RandomCrop crop = new RandomCrop(
                Double.parseDouble(parts[3]), Double.parseDouble(parts[4]), Double.parseDouble(parts[5]));
        double[] sums = new double[4];
        double[] squares = new double[4];
        UniformRandomProvider generator = Rng.of(4).generator();
        for (int i = 0; i < DRAWS; i++) {
            Box box = crop.draw(shape, generator);
            double[] drawn = {box.top(), box.left(), box.height(), box.width()};
            for (int k = 0; k < 4; k++) {
                sums[k] += drawn[k];
                squares[k] += drawn[k] * drawn[k];
            }
        }
        for (int k = 0; k < 4; k++) {
            double mean = sums[k] / DRAWS;
            double deviation = numbers(parts[7])[k];
            // Both are samples: five standard errors of the difference.
            assertEquals(numbers(parts[6])[k], mean, 5 * deviation * Math.sqrt(2.0 / DRAWS) + 1e-6);
            assertEquals(deviation, Math.sqrt(squares[k] / DRAWS - mean * mean), 0.03 * deviation + 1e-6);
        }
    }

    private static float level(int y, int x) {
        int level = (x / 5 + y / 3) % 3 == 0 ? 255 : (11 * y + 23 * x + x * y) % 256;
        return (float) (level / 127.5 - 1);
    }

    private static float smooth(int y, int x) {
        return (float) (0.8 * Math.sin(0.7 * x) * Math.cos(0.9 * y + 0.2 * x));
    }

    private static double[] numbers(String text) {
        return Arrays.stream(text.split(" ")).mapToDouble(Double::parseDouble).toArray();
    }
}
