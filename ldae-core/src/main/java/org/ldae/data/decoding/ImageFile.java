package org.ldae.data.decoding;

import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.jspecify.annotations.Nullable;

/** Reads one image file with whichever Image I/O reader, built in or plugged in, understands it. */
public final class ImageFile {

    /** Larger files are read piece by piece, which is slower, instead of being loaded. */
    private static final long MOST_IN_MEMORY = 256L << 20;

    /** The built-in JPEG reader fills what is missing with grey and only warns. */
    private static final Pattern DAMAGE = Pattern.compile("(?i)truncated|premature|bad huffman|instead of rst");

    private final Object name;
    private final Source source;
    private final long maxPixels;

    private ImageFile(Object name, Source source, long maxPixels) {
        this.name = name;
        this.source = source;
        this.maxPixels = maxPixels;
    }

    private static ImageFile of(Path file, long maxPixels) {
        return new ImageFile(file, () -> content(file), maxPixels);
    }

    /** Decodes the file's first image, if it has no more than that many pixels. */
    static Decoded decode(Path file, long maxPixels) throws IOException {
        return of(file, maxPixels).decode();
    }

    /** Decodes a file's content, which stays as it is. */
    static Decoded decode(String name, byte[] content, long maxPixels) throws IOException {
        return new ImageFile(name, () -> content(content.clone()), maxPixels).decode();
    }

    private Decoded decode() throws IOException {
        return read(
                (stream, header) -> {
                    TiffBands bands = TiffBands.read(stream, header.tiff().orElseThrow());
                    return new Decoded(bands, Optional.empty(), header);
                },
                (reader, header, warnings) -> {
                    BufferedImage image = reader.read(0);
                    if (warnings.damage != null) {
                        throw new DamageException(warnings.damage);
                    }
                    if (header.alpha().isPresent() && image.getColorModel().hasAlpha()) {
                        header.alpha().get().into(image.getRaster(), (ImageInputStream) reader.getInput());
                    }
                    return new Decoded(new RasterBands(image.getRaster()), Optional.of(image.getColorModel()), header);
                });
    }

    /** An image in memory, as if a file had just been decoded. */
    static Decoded decoded(BufferedImage image) {
        return new Decoded(new RasterBands(image.getRaster()), Optional.of(image.getColorModel()), ImageHeader.none());
    }

    /** Height and width as the picture is shown, from the header alone. */
    public static Size size(Path file, long maxPixels) throws IOException {
        return MemoryAtHand.during(file, of(file, maxPixels)::size);
    }

    static Size size(String name, byte[] content, long maxPixels) throws IOException {
        return MemoryAtHand.during(name, new ImageFile(name, () -> content(content.clone()), maxPixels)::size);
    }

    private Size size() throws IOException {
        return read(
                (stream, header) -> {
                    TiffDirectory tiff = header.tiff().orElseThrow();
                    return new Size((int) tiff.get(TiffDirectory.HEIGHT, 0), (int) tiff.get(TiffDirectory.WIDTH, 0))
                            .turned(header);
                },
                (reader, header, warnings) -> header.canvas()
                        .map(canvas -> new Size(canvas.height(), canvas.width()))
                        .orElse(new Size(reader.getHeight(0), reader.getWidth(0)))
                        .turned(header));
    }

    private <T> T read(OwnReading<T> own, Reading<T> reading) throws IOException {
        try {
            Content content = source.content();
            try (ImageInputStream stream = content.stream()) {
                ImageHeader header = ImageHeader.read(stream);
                if (header.tiff().isPresent()) {
                    requireModest(header.tiff().get());
                }
                if (header.canvas().isPresent()) {
                    requireModest(
                            header.canvas().get().height(),
                            header.canvas().get().width(),
                            1);
                }
                List<ImageReader> readers = ReaderChoice.of(stream, header);
                boolean plugIn = readers.stream().anyMatch(ReaderChoice::isImageIoExt);
                if (header.tiff().filter(TiffBands::knows).isPresent() && !plugIn) {
                    readers.forEach(ImageReader::dispose);
                    TiffDirectory.begins(stream, 0);
                    return own.from(stream, header);
                }
                return read(content, header, readers, reading);
            }
        } catch (IOException | RuntimeException e) {
            throw explained(name, e);
        }
    }

    private <T> T read(Content content, ImageHeader header, List<ImageReader> readers, Reading<T> reading)
            throws IOException {
        if (readers.isEmpty()) {
            throw new IOException(
                    "not an image, or of a format that no Image I/O reader on the class path knows; remove"
                            + " the file or add a reader plug-in");
        }
        Exception failure = null;
        try {
            for (ImageReader reader : readers) {
                // A stream of its own: readers flush what they have read.
                try (ImageInputStream stream = content.stream()) {
                    return read(stream, header, reader, reading);
                } catch (DamageException | TooLargeException e) {
                    throw e;
                } catch (IOException | RuntimeException e) {
                    // Readers throw any kind of exception at damaged data; another one may still understand the file.
                    failure = failure == null ? e : failure;
                }
            }
        } finally {
            readers.forEach(ImageReader::dispose);
        }
        throw new IOException("damaged, truncated or of an unsupported kind: " + message(failure), failure);
    }

    private <T> T read(ImageInputStream stream, ImageHeader header, ImageReader reader, Reading<T> reading)
            throws IOException {
        reader.setInput(stream, true, true);
        Warnings warnings = new Warnings();
        reader.addIIOReadWarningListener((source, warning) -> warnings.note(warning));
        requireModest(reader.getHeight(0), reader.getWidth(0), 1);
        requireModest(reader.getTileHeight(0), reader.getTileWidth(0), 1);
        return reading.from(reader, header, warnings);
    }

    private static Content content(Path file) throws IOException {
        if (Files.size(file) > MOST_IN_MEMORY && file.getFileSystem().equals(FileSystems.getDefault())) {
            return () -> new FileStream(file);
        }
        return content(Files.readAllBytes(file));
    }

    private static Content content(byte[] bytes) throws IOException {
        if (bytes.length == 0) {
            throw new IOException("empty, 0 bytes");
        }
        return FileContent.settled(bytes)::stream;
    }

    private interface Source {
        Content content() throws IOException;
    }

    /** What a file holds, to be read more than once. */
    private interface Content {
        ImageInputStream stream() throws IOException;
    }

    /** Refuses what a small file may announce before a reader takes the memory for it. */
    private void requireModest(TiffDirectory tiff) throws IOException {
        long bands = tiff.get(TiffDirectory.BANDS, 1);
        long width = tiff.get(TiffDirectory.WIDTH, 0);
        long height = tiff.get(TiffDirectory.HEIGHT, 0);
        requireModest(height, width, bands);
        requireModest(tiff.get(TiffDirectory.TILE_HEIGHT, 1), tiff.get(TiffDirectory.TILE_WIDTH, 1), bands);
        for (long format : tiff.all(TiffDirectory.SAMPLE_FORMAT)) {
            if (format == 5 || format == 6) {
                throw new IOException("complex samples, which are no picture; save their magnitude");
            }
        }
        long photometric = tiff.get(TiffDirectory.PHOTOMETRIC, 1);
        if (photometric >= 8 && photometric <= 10) {
            throw new IOException("CIELab colours, which aren't read; save the file as RGB");
        }
        for (long bits : tiff.all(TiffDirectory.BITS)) {
            // The platform's reader makes tables of 2^bits numbers.
            if (bits < 1 || (bits > 16 && bits != 32 && bits != 64)) {
                throw new IOException("expected samples of 1 to 16, 32 or 64 bits, got " + bits);
            }
        }
    }

    private void requireModest(long height, long width, long bands) throws IOException {
        if (height < 1 || width < 1) {
            throw new IOException("expected at least one pixel, got %d x %d".formatted(height, width));
        }
        // Four bands are a usual picture's; more of them count as more pixels.
        double pixels = (double) height * width * Math.max(1, bands / 4.0);
        if (pixels > maxPixels) {
            throw new TooLargeException(("%d x %d pixels%s are more than the limit of %d; raise it with"
                            + " Decoding.withMaxPixels if the file is no decompression bomb")
                    .formatted(height, width, bands > 4 ? " of " + bands + " bands" : "", maxPixels));
        }
        if (MemoryAtHand.isTooLittleFor(pixels)) {
            throw new TooLargeException("%d x %d pixels%s need more memory than the %d MB that Java has; raise -Xmx"
                    .formatted(
                            height,
                            width,
                            bands > 4 ? " of " + bands + " bands" : "",
                            Runtime.getRuntime().maxMemory() >> 20));
        }
    }

    /** What went wrong, with the name of the file. */
    public static IOException explained(Object file, Exception e) {
        if (e instanceof AccessDeniedException) {
            return new IOException(file + ": access denied", e);
        }
        if (e instanceof NoSuchFileException) {
            return new IOException(file + ": no such file, or a link to none", e);
        }
        if (e instanceof FileSystemLoopException) {
            return new IOException(file + ": a link that leads back to a folder it lies in", e);
        }
        String message = message(e);
        return message.startsWith(file + ": ") && e instanceof IOException known
                ? known
                : new IOException(file + ": " + message, e);
    }

    private static String message(@Nullable Exception e) {
        if (e instanceof EOFException && e.getMessage() == null) {
            return "truncated: the data end early";
        }
        return e == null ? "" : Objects.requireNonNullElse(e.getMessage(), e.toString());
    }

    /** A picture as its reader gives it, not yet turned or put onto its canvas. */
    record Decoded(PictureBands bands, Optional<ColorModel> model, ImageHeader header) {}

    public record Size(int height, int width) {
        private Size turned(ImageHeader header) {
            return header.turned() ? new Size(/* height= */ width, /* width= */ height) : this;
        }

        @Override
        public String toString() {
            return height + " x " + width;
        }
    }

    private static final class DamageException extends IOException {
        private static final long serialVersionUID = 1;

        DamageException(String warning) {
            super("damaged or truncated: " + warning);
        }
    }

    private static final class TooLargeException extends IOException {
        private static final long serialVersionUID = 1;

        TooLargeException(String message) {
            super(message);
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

    private interface OwnReading<T> {
        T from(ImageInputStream stream, ImageHeader header) throws IOException;
    }

    private interface Reading<T> {
        T from(ImageReader reader, ImageHeader header, Warnings warnings) throws IOException;
    }
}
