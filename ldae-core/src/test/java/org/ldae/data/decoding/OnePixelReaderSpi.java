package org.ldae.data.decoding;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.Arrays;
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
import org.junit.jupiter.api.function.Executable;

/** A plug-in for tests: whatever begins with its signature is one grey pixel. */
public class OnePixelReaderSpi extends ImageReaderSpi {

    private final String format;
    private final byte[] signature;
    private final int level;

    /** A plug-in for files that begin with the signature. */
    protected OnePixelReaderSpi(String format, byte[] signature, int level) {
        this.format = format;
        this.signature = signature.clone();
        this.level = level;
        inputTypes = new Class<?>[] {ImageInputStream.class};
    }

    /** Does something while the plug-in is registered. */
    static void with(ImageReaderSpi spi, Executable action) throws Throwable {
        IIORegistry.getDefaultInstance().registerServiceProvider(spi);
        try {
            action.execute();
        } finally {
            IIORegistry.getDefaultInstance().deregisterServiceProvider(spi);
        }
    }

    @Override
    public String[] getFormatNames() {
        return new String[] {format};
    }

    @Override
    public String[] getFileSuffixes() {
        return new String[] {format};
    }

    @Override
    public boolean canDecodeInput(Object source) throws IOException {
        if (!(source instanceof ImageInputStream stream)) {
            return false;
        }
        stream.mark();
        byte[] start = new byte[signature.length];
        int count = stream.read(start);
        stream.reset();
        return count == start.length && Arrays.equals(signature, start);
    }

    @Override
    public ImageReader createReaderInstance(@Nullable Object extension) {
        return new Reader(this);
    }

    @Override
    public String getDescription(@Nullable Locale locale) {
        return "one grey pixel";
    }

    private static final class Reader extends ImageReader {

        private final int level;

        Reader(OnePixelReaderSpi spi) {
            super(spi);
            level = spi.level;
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
        public BufferedImage read(int index, @Nullable ImageReadParam param) {
            BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_BYTE_GRAY);
            image.getRaster().setSample(0, 0, 0, level);
            return image;
        }
    }
}
