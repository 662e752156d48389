package org.ldae.data.decoding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ldae.data.Decoding;
import org.ldae.data.ValueRange;

/** Every picture of the sets under LDAE_DATA decodes, to what Pillow reads where it does; see make_samples.py. */
@EnabledIfEnvironmentVariable(named = "LDAE_DATA", matches = ".+")
class SampleSetsTest {

    /** Decoders of JPEG differ in how they round, and in how they enlarge halved chroma. */
    private static final int JPEG_TOLERANCE = 4;

    private final Path data = Path.of(System.getenv().getOrDefault("LDAE_DATA", ""));

    static List<String> geoTiffs() throws IOException {
        return Files.readAllLines(PicturesTest.folder().resolveSibling("samples.csv"));
    }

    static List<String> folders() throws IOException {
        return Files.readAllLines(PicturesTest.folder().resolveSibling("sample_folders.csv"));
    }

    @ParameterizedTest
    @MethodSource("geoTiffs")
    void geoTiffsDecodeAsByPillow(String line) throws IOException {
        PicturesTest.assertReading(data, line);
    }

    @Test
    void geoTiffsThatPillowDoesNotReadDecodeToo() throws IOException {
        Path folder = data.resolve("geotiff-samples").resolve("rasterio");
        Planes wide = Planes.read(folder.resolve("RGBA.uint16.tif"), Decoding.ofBands(0, 1, 2));
        assertEquals("411 x 634", wide.height + " x " + wide.width);
        assertTrue(PicturesTest.mean(wide.values[1]) > 1);
        Decoding range = Decoding.grey().withRange(ValueRange.fixed(-2, 2));
        // The same numbers as float32.tif, in 64 bits.
        assertEquals(
                HexFormat.of().formatHex(Planes.read(folder.resolve("float32.tif"), range).values[0]),
                HexFormat.of().formatHex(Planes.read(folder.resolve("float.tif"), range).values[0]));
        assertEquals(
                17,
                files(folder).stream()
                        .filter(file -> file.toString().endsWith(".tif"))
                        .count());
    }

    @ParameterizedTest
    @MethodSource("folders")
    void foldersDecodeAsByPillow(String line) throws IOException, GeneralSecurityException {
        String[] parts = line.split(",");
        List<Path> files = files(data.resolve(parts[0]));
        assertEquals(Integer.parseInt(parts[1]), files.size());
        List<Planes> pictures = files.parallelStream().map(SampleSetsTest::read).toList();
        if (parts.length == 3) {
            assertEquals(parts[2], hash(pictures));
            return;
        }
        byte[] means = HexFormat.of().parseHex(parts[2]);
        byte[] pixels = HexFormat.of().parseHex(parts[3]);
        for (int i = 0; i < pictures.size(); i++) {
            Planes picture = pictures.get(i);
            int place = 7 * i % picture.height * picture.width + 11 * i % picture.width;
            for (int c = 0; c < 3; c++) {
                String what = files.get(i).toString();
                assertEquals(means[3 * i + c] & 0xff, PicturesTest.mean(picture.values[c]), 1, what);
                assertEquals(pixels[3 * i + c] & 0xff, picture.values[c][place] & 0xff, JPEG_TOLERANCE, what);
            }
        }
    }

    private static String hash(List<Planes> pictures) throws GeneralSecurityException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        for (Planes picture : pictures) {
            byte[] interleaved = new byte[3 * picture.values[0].length];
            IntStream.range(0, interleaved.length).forEach(i -> interleaved[i] = picture.values[i % 3][i / 3]);
            digest.update(interleaved);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static Planes read(Path file) {
        try {
            return Planes.read(file, Decoding.colour());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted(Comparator.comparing(file -> String.valueOf(file.getFileName())))
                    .toList();
        }
    }
}
