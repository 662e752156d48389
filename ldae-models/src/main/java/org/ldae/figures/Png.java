package org.ldae.figures;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.ldae.core.AtomicFile;

/** PNG files. */
final class Png {

    private Png() {}

    static void write(BufferedImage picture, Path file) throws IOException {
        AtomicFile.write(file, encode(picture));
    }

    private static byte[] encode(BufferedImage picture) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        // A plain stream would make ImageIO cache in a temporary file.
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            if (!ImageIO.write(picture, "png", out)) {
                throw new IOException("no PNG writer for pictures of type %d in this Java runtime; convert it to RGB"
                        .formatted(picture.getType()));
            }
        }
        return bytes.toByteArray();
    }
}
