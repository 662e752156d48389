package org.ldae.examples;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.ldae.figures.Figures;

/** What the cells of {@code src/main/notebooks} show pictures with. */
public final class Notebook {

    private static final AtomicInteger COUNT = new AtomicInteger();
    private static Consumer<BufferedImage> screen = Notebook::write;

    private Notebook() {}

    /**
     * Shows a picture below the cell; where cells run without a page it is written to {@code out/notebook} and named.
     *
     * @param picture what to show
     */
    public static void show(BufferedImage picture) {
        screen.accept(picture);
    }

    /** Shows pictures elsewhere from now on. */
    static void showOn(Consumer<BufferedImage> page) {
        screen = page;
    }

    private static void write(BufferedImage picture) {
        try {
            Path file = Files.createDirectories(Path.of("out", "notebook"))
                    .resolve("picture-%02d.png".formatted(COUNT.incrementAndGet()));
            Figures.writePng(picture, file);
            System.out.println("Wrote " + file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
