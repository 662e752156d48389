package org.ldae.data;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Objects;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.jspecify.annotations.Nullable;

/** Reads one image file with whichever Image I/O reader, built in or plugged in, understands it. */
final class ImageFile {

    /** The built-in JPEG reader fills what is missing with grey and only warns. */
    private static final Pattern DAMAGE = Pattern.compile("(?i)truncated|premature|bad huffman");

    private ImageFile() {}

    /** Decodes the file's first image. */
    static BufferedImage decode(Path file) throws IOException {
        return read(file, (reader, warnings) -> {
            BufferedImage image = reader.read(0);
            if (warnings.damage != null) {
                throw new IOException(warnings.damage);
            }
            return image;
        });
    }

    /** Height and width, from the header alone. */
    static Size size(Path file) throws IOException {
        return read(file, (reader, warnings) -> new Size(reader.getHeight(0), reader.getWidth(0)));
    }

    private static <T> T read(Path file, Reading<T> reading) throws IOException {
        byte[] content = Files.readAllBytes(file);
        try (ImageInputStream stream = new MemoryCacheImageInputStream(new ByteArrayInputStream(content))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
            if (!readers.hasNext()) {
                throw new IOException(file
                        + ": not an image, or of a format that no Image I/O reader on the class path knows; remove the"
                        + " file or add a reader plug-in");
            }
            IOException failure = new IOException(file + ": damaged, truncated or of an unsupported kind");
            while (readers.hasNext()) {
                ImageReader reader = readers.next();
                try {
                    stream.seek(0);
                    reader.setInput(stream, true, true);
                    Warnings warnings = new Warnings();
                    reader.addIIOReadWarningListener((source, warning) -> warnings.note(warning));
                    return reading.from(reader, warnings);
                } catch (IOException | RuntimeException e) {
                    // Readers throw any kind of exception at damaged data; another one may still understand the file.
                    failure = new IOException(
                            "%s: damaged, truncated or of an unsupported kind: %s"
                                    .formatted(file, Objects.requireNonNullElse(e.getMessage(), e.toString())),
                            e);
                } finally {
                    reader.dispose();
                }
            }
            throw failure;
        }
    }

    record Size(int height, int width) {
        @Override
        public String toString() {
            return height + " x " + width;
        }
    }

    private static final class Warnings {
        private @Nullable String damage;

        void note(String warning) {
            if (DAMAGE.matcher(warning).find()) {
                damage = warning;
            }
        }
    }

    private interface Reading<T> {
        T from(ImageReader reader, Warnings warnings) throws IOException;
    }
}
