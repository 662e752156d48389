package org.ldae.data;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** Makes folders of JPEG files. */
public final class JpegFolder {

    private static final int KINDS = 8;

    private JpegFolder() {}

    /** Training pictures in two classes, some of them alike, and one test picture a class. */
    public static void write(Path folder, int count, int width, int height) throws IOException {
        byte[][] kinds = new byte[KINDS][];
        for (int k = 0; k < KINDS; k++) {
            kinds[k] = picture(k, width, height);
        }
        for (int i = 0; i < count; i++) {
            Path file = folder.resolve("train/%s/%04d.jpg".formatted(i % 2 == 0 ? "even" : "odd", i));
            Files.createDirectories(file.getParent());
            Files.write(file, kinds[i % KINDS]);
        }
        for (String name : new String[] {"even", "odd"}) {
            Files.createDirectories(folder.resolve("test").resolve(name));
            Files.write(folder.resolve("test").resolve(name).resolve("0.jpg"), kinds[0]);
        }
    }

    private static byte[] picture(int kind, int width, int height) throws IOException {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int red = (int) (127 + 120 * Math.sin(0.1 * (kind + 1) * x));
                int green = (int) (127 + 120 * Math.sin(0.07 * (kind + 1) * y));
                image.setRGB(x, y, red << 16 | green << 8 | 30 * kind);
            }
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(image, "jpg", bytes);
        return bytes.toByteArray();
    }
}
