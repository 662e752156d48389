package org.ldae.spark;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.ldae.core.ImageShape;
import org.ldae.core.Rng;
import org.ldae.data.Dataset;
import org.ldae.data.ImageSource;
import org.ldae.models.Recipe;
import org.ldae.tokenizers.linear.PatchPCA;
import org.ldae.training.Training;
import org.ldae.transformer.VisionTransformer;
import org.nd4j.linalg.factory.Nd4j;

/** Small images with bars across, down or slanted, and a recipe that is quickly trained on them. */
final class Bars {

    static final int SIDE = 16;
    static final ImageShape SHAPE = new ImageShape(1, SIDE, SIDE);

    private Bars() {}

    static ImageSource images(int count, long seed) {
        float[] pixels = new float[count * SIDE * SIDE];
        int[] labels = new int[count];
        float[] draws = new float[3 * count];
        Rng.of(seed).normals(draws, 0, draws.length);
        for (int i = 0; i < count; i++) {
            labels[i] = i % 3;
            double wave = 0.8 + 0.1 * draws[3 * i];
            for (int p = 0; p < SIDE * SIDE; p++) {
                int x = p % SIDE;
                int y = p / SIDE;
                int along = labels[i] == 0 ? x : labels[i] == 1 ? y : x + y;
                double value = 0.6 * Math.sin(wave * along + 3 * draws[3 * i + 1]) + 0.1 * draws[3 * i + 2];
                pixels[i * SIDE * SIDE + p] = (float) Math.max(-1, Math.min(1, value));
            }
        }
        return ImageSource.of(
                Nd4j.create(pixels, new long[] {count, 1, SIDE, SIDE}, 'c'),
                labels,
                List.of("across", "down", "slant"));
    }

    /** Writes images as PNG files {@code 000.png} and so on. */
    static Path writePictures(Path folder, int count) throws IOException {
        Files.createDirectories(folder);
        ImageSource images = images(count, 3);
        float[] pixels = new float[SHAPE.size()];
        for (int i = 0; i < count; i++) {
            images.read(i, pixels, 0);
            BufferedImage picture = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_GRAY);
            for (int p = 0; p < pixels.length; p++) {
                picture.getRaster().setSample(p % SIDE, p / SIDE, 0, Math.round((pixels[p] + 1) * 127.5f));
            }
            ImageIO.write(
                    picture, "png", folder.resolve("%03d.png".formatted(i)).toFile());
        }
        return folder;
    }

    static Dataset data() {
        return new Dataset(images(48, 1), images(24, 2));
    }

    static Recipe recipe(Training training) {
        return Recipe.latentDAE(PatchPCA.patch(4).components(5))
                .withDenoiser(VisionTransformer.tiny().withWidth(16, 2).withBlocks(1, 1))
                .withTraining(training);
    }
}
