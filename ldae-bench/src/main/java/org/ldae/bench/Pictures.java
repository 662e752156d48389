package org.ldae.bench;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.ldae.core.ImageShape;

/**
 * A folder of JPEG files, {@code train} and {@code test} with a folder a class.
 *
 * @param folder where they are
 * @param about what they are
 * @param made whether they were made for this run and go with it
 */
record Pictures(Path folder, String about, boolean made) {

    private static final int COUNT = 128;

    static Pictures at(Path folder) {
        return new Pictures(folder, String.valueOf(folder.getFileName()), false);
    }

    /** Blobs of several sizes with some grain. */
    static Pictures make(String name, ImageShape shape) throws IOException {
        Path folder = Files.createTempDirectory("ldae-pictures");
        int plane = shape.height() * shape.width();
        for (int i = 0; i < COUNT; i++) {
            float[] pixels = Numbers.images(name + i, 1, shape).data().asFloat();
            BufferedImage picture = new BufferedImage(shape.width(), shape.height(), BufferedImage.TYPE_INT_RGB);
            for (int p = 0; p < plane; p++) {
                int colour = 0;
                for (int c = 0; c < 3; c++) {
                    int level = (int) Math.max(0, Math.min(255, (pixels[c * plane + p] + 1) * 127.5));
                    colour = colour << 8 | level;
                }
                picture.setRGB(p % shape.width(), p / shape.width(), colour);
            }
            for (String part : i < 2 ? List.of("train", "test") : List.of("train")) {
                Path file = folder.resolve("%s/%d/%03d.jpg".formatted(part, i % 2, i));
                Files.createDirectories(file.getParent());
                ImageIO.write(picture, "jpg", file.toFile());
            }
        }
        return new Pictures(folder, "%d made by code, %d x %d".formatted(COUNT, shape.height(), shape.width()), true);
    }

    void close() {
        if (!made) {
            return;
        }
        try (Stream<Path> inside = Files.walk(folder)) {
            for (Path path : inside.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
