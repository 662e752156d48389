package org.ldae.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.ldae.data.Failures.assertFails;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Iterator;
import java.util.Locale;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;
import javax.imageio.stream.ImageInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A reader on the class path is used like the built-in ones. */
class PlugInTest {

    @TempDir
    private Path dir;

    @Test
    void registeredReadersBringTheirFormats() throws IOException {
        for (String part : new String[] {"train", "test"}) {
            Files.createDirectories(dir.resolve(part).resolve("a"));
            Files.write(dir.resolve(part).resolve("a").resolve("1.one"), new byte[] {'O', 'N', 'E', 51});
        }
        FolderOptions options = FolderOptions.nativeSize().withGreyscale();
        assertFails(IOException.class, () -> Dataset.folder(dir, options), "no image files");
        Spi spi = new Spi();
        IIORegistry.getDefaultInstance().registerServiceProvider(spi);
        try {
            ImageSource train = Dataset.folder(dir, options).train();
            assertEquals(1, train.size());
            assertArrayEquals(new float[] {(float) (51 / 127.5 - 1)}, DataFiles.read(train, 0));
        } finally {
            IIORegistry.getDefaultInstance().deregisterServiceProvider(spi);
        }
    }

    /** A format of one grey pixel: the letters ONE and the pixel. */
    private static final class Spi extends ImageReaderSpi {

        Spi() {
            inputTypes = new Class<?>[] {ImageInputStream.class};
        }

        @Override
        public String[] getFormatNames() {
            return new String[] {"one"};
        }

        @Override
        public String[] getFileSuffixes() {
            return new String[] {"one"};
        }

        @Override
        public boolean canDecodeInput(Object source) throws IOException {
            if (!(source instanceof ImageInputStream stream)) {
                return false;
            }
            stream.mark();
            boolean ours = stream.read() == 'O' && stream.read() == 'N' && stream.read() == 'E';
            stream.reset();
            return ours;
        }

        @Override
        public ImageReader createReaderInstance(@Nullable Object extension) {
            return new Reader(this);
        }

        @Override
        public String getDescription(@Nullable Locale locale) {
            return "one grey pixel";
        }
    }

    private static final class Reader extends ImageReader {

        Reader(ImageReaderSpi spi) {
            super(spi);
        }

        @Override
        public int getNumImages(boolean allowSearch) {
            return 1;
        }

        @Override
        public int getWidth(int index) {
            return 1;
        }

        @Override
        public int getHeight(int index) {
            return 1;
        }

        @Override
        public Iterator<ImageTypeSpecifier> getImageTypes(int index) {
            return Collections.emptyIterator();
        }

        @Override
        public @Nullable IIOMetadata getStreamMetadata() {
            return null;
        }

        @Override
        public @Nullable IIOMetadata getImageMetadata(int index) {
            return null;
        }

        @Override
        public BufferedImage read(int index, @Nullable ImageReadParam param) throws IOException {
            ImageInputStream stream = (ImageInputStream) getInput();
            stream.seek(3);
            BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_BYTE_GRAY);
            image.getRaster().setSample(0, 0, 0, stream.read());
            return image;
        }
    }
}
