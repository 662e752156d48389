package org.ldae.data.decoding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ldae.data.Decoding;
import org.ldae.data.ValueRange;

/** Small pictures of every format, made by make_pictures.py, decode to what they were made of or what Pillow reads. */
public class PicturesTest {

    public static Path folder() {
        URL csv = Objects.requireNonNull(PicturesTest.class.getResource("/golden/data/pictures.csv"));
        try {
            return Path.of(csv.toURI()).resolveSibling("pictures");
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static List<String> readings() throws IOException {
        return Files.readAllLines(folder().resolveSibling("pictures.csv"));
    }

    @Test
    void everyPictureIsRead() throws IOException {
        Set<String> read =
                readings().stream().map(line -> line.split(",")[0]).collect(Collectors.toCollection(TreeSet::new));
        try (Stream<Path> files = Files.list(folder())) {
            assertEquals(
                    read,
                    files.map(file -> String.valueOf(file.getFileName()))
                            .collect(Collectors.toCollection(TreeSet::new)));
        }
    }

    @ParameterizedTest
    @MethodSource("readings")
    void picturesDecodeToTheirPixels(String line) throws IOException {
        assertReading(folder(), line);
    }

    /** Reads a file as a line says and compares size, means and pixels. */
    static void assertReading(Path folder, String line) throws IOException {
        String[] parts = line.split(",");
        Planes planes = Planes.read(folder.resolve(parts[0]), decoding(parts[1]));
        assertEquals(parts[2] + " x " + parts[3], planes.height + " x " + planes.width);
        double tolerance = Integer.parseInt(parts[4]);
        double[] means = Arrays.stream(parts[5].split(" "))
                .mapToDouble(Double::parseDouble)
                .toArray();
        assertEquals(means.length, planes.values.length);
        for (int c = 0; c < means.length; c++) {
            assertEquals(means[c], mean(planes.values[c]), Math.min(1.5, Math.max(1e-4, tolerance)));
        }
        byte[] sample = HexFormat.of().parseHex(parts[6]);
        for (int i = 0; i < sample.length; i++) {
            int place = i / means.length;
            int y = place * 7 % planes.height;
            int x = (place * 11 + place * place) % planes.width;
            int actual = planes.values[i % means.length][y * planes.width + x] & 0xff;
            assertEquals(sample[i] & 0xff, actual, tolerance, "row %d, column %d".formatted(y, x));
        }
    }

    /** The options of a line: grey, opaque, background, bands and ranges. */
    private static Decoding decoding(String options) {
        Decoding decoding = options.equals("grey") ? Decoding.grey() : Decoding.colour();
        for (String option : options.split(";")) {
            String value = option.substring(option.indexOf('=') + 1);
            double[] numbers = option.contains("=") && !option.startsWith("back")
                    ? Arrays.stream(value.split(" "))
                            .mapToDouble(Double::parseDouble)
                            .toArray()
                    : new double[0];
            decoding = switch (option.substring(0, option.length() - value.length())) {
                case "bands=" ->
                    Decoding.ofBands(
                            Arrays.stream(numbers).mapToInt(band -> (int) band).toArray());
                case "range=" -> decoding.withRange(ValueRange.fixed(numbers[0], numbers[1]));
                case "percentiles=" -> decoding.withRange(ValueRange.percentiles(numbers[0], numbers[1]));
                case "background=" -> decoding.withBackground(HexFormat.fromHexDigits(value));
                default -> option.equals("opaque") ? decoding.withoutTransparency() : decoding;
            };
        }
        assertTrue(options.isEmpty() || !decoding.equals(Decoding.colour()), options);
        return decoding;
    }

    static double mean(byte[] plane) {
        long sum = 0;
        for (byte level : plane) {
            sum += level & 0xff;
        }
        return (double) sum / plane.length;
    }
}
