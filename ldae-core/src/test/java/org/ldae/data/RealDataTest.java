package org.ldae.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.ldae.core.ImageShape;

/** The sets under LDAE_DATA; the expected means were found with numpy and Pillow. */
@EnabledIfEnvironmentVariable(named = "LDAE_DATA", matches = ".+")
class RealDataTest {

    private final Path data = Path.of(System.getenv().getOrDefault("LDAE_DATA", ""));

    @Test
    void cifar10() throws IOException {
        Dataset cifar = Dataset.cifar10(data.resolve("cifar-10-batches-bin"));
        assertArrayEquals(
                new int[] {6, 9, 9, 4, 1, 1, 2, 7}, Arrays.copyOf(cifar.train().labels(), 8));
        assertArrayEquals(
                new int[] {3, 8, 8, 0, 6, 6, 1, 6}, Arrays.copyOf(cifar.test().labels(), 8));
        assertEquals("frog", cifar.train().classNames().get(6));
        assertEquals(10_000, cifar.test().size());
        assertArrayEquals(new double[] {-0.0115714, -0.0297372, -0.0991818}, means(cifar.test()), 1e-6);
    }

    @Test
    void pngFoldersOfCifar10() throws IOException {
        Dataset mini = Dataset.folder(data.resolve("cifar10-png-mini"), FolderOptions.nativeSize());
        assertEquals(new ImageShape(3, 32, 32), mini.train().shape());
        assertEquals(1000, mini.train().size());
        assertEquals(200, mini.test().size());
        assertArrayEquals(new double[] {-0.019489, -0.035478, -0.111901}, means(mini.train()), 2e-6);
    }

    @Test
    void jpegFoldersOfEuroSat() throws IOException {
        Dataset eurosat = Dataset.folder(data.resolve("eurosat-rgb"), FolderOptions.nativeSize());
        assertEquals(new ImageShape(3, 64, 64), eurosat.train().shape());
        assertEquals(2000, eurosat.train().size());
        assertEquals("AnnualCrop", eurosat.train().classNames().get(0));
        // Decoders differ by a level or so a pixel.
        assertArrayEquals(new double[] {-0.317498, -0.243098, -0.185755}, means(eurosat.test()), 2e-3);
    }

    @Test
    void imagenetteResized() throws IOException {
        Dataset imagenette = Dataset.folder(data.resolve("imagenette224"), FolderOptions.square(64));
        assertEquals(1600, imagenette.train().size());
        assertEquals(new ImageShape(3, 64, 64), imagenette.test().shape());
        assertArrayEquals(new double[] {-0.073964, -0.084990, -0.142221}, means(imagenette.test()), 2e-3);
    }

    @Test
    void geoTiffFoldersAreSplit() throws IOException {
        Path folder = data.resolve("geotiff-samples").resolve("eurosat-as-geotiff");
        Dataset tiff = Dataset.folder(folder, FolderOptions.nativeSize().withTestFraction(0.25, 1));
        assertEquals(120, tiff.train().size() + tiff.test().size());
        assertEquals(new ImageShape(3, 64, 64), tiff.train().shape());
        for (double mean : means(tiff.test())) {
            assertEquals(-0.25, mean, 0.2);
        }
    }

    private static double[] means(ImageSource source) {
        int area = source.shape().height() * source.shape().width();
        double[] sums = new double[source.shape().channels()];
        float[] image = new float[source.shape().size()];
        for (int i = 0; i < source.size(); i++) {
            source.read(i, image, 0);
            for (int j = 0; j < image.length; j++) {
                sums[j / area] += image[j];
            }
        }
        return Arrays.stream(sums).map(sum -> sum / area / source.size()).toArray();
    }
}
