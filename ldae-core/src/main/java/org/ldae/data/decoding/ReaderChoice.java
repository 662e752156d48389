package org.ldae.data.decoding;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/**
 * The order in which readers are tried, the same on every machine: ImageIO-ext's, then the platform's, then other
 * plug-ins' by name. It is an order of this library's own; that of the registry, which others share, stays as it is.
 */
final class ReaderChoice {

    private static final String IMAGEIO_EXT = "it.geosolutions.";
    private static final int JPEG = 7;
    private static final int FLOATS = 3;
    private static final int SEPARATE_PLANES = 2;

    private ReaderChoice() {}

    /** The readers that know the content and can be trusted with it. */
    static List<ImageReader> of(ImageInputStream stream, ImageHeader header) {
        List<ImageReader> readers = new ArrayList<>();
        for (Iterator<ImageReader> each = ImageIO.getImageReaders(stream); each.hasNext(); ) {
            ImageReader reader = each.next();
            if (header.tiff().isEmpty() || trusted(reader, header.tiff().get())) {
                readers.add(reader);
            }
        }
        readers.sort(Comparator.comparingInt(ReaderChoice::rank)
                .thenComparing(reader -> reader.getClass().getName()));
        return readers;
    }

    private static int rank(ImageReader reader) {
        return isImageIoExt(reader) ? 0 : isPlatform(reader) ? 1 : 2;
    }

    static boolean isImageIoExt(ImageReader reader) {
        Object provider = reader.getOriginatingProvider();
        return provider != null && provider.getClass().getName().startsWith(IMAGEIO_EXT);
    }

    private static boolean isPlatform(ImageReader reader) {
        return reader.getClass().getModule() == ImageReader.class.getModule();
    }

    /**
     * Not the platform's reader with the fourth band of JPEG-compressed TIFFs, which it fills with 255; not other
     * plug-ins with floats, which TwelveMonkeys clamps to [0, 1], nor with bands in separate planes, of which it may
     * read the first only.
     */
    private static boolean trusted(ImageReader reader, TiffDirectory tiff) {
        long bands = tiff.get(TiffDirectory.BANDS, 1);
        if (isImageIoExt(reader)) {
            return true;
        }
        if (isPlatform(reader)) {
            return tiff.get(TiffDirectory.COMPRESSION, 1) != JPEG || bands <= 3;
        }
        boolean planes = tiff.get(TiffDirectory.PLANAR, 1) == SEPARATE_PLANES && bands != 1 && bands != 3;
        return tiff.get(TiffDirectory.SAMPLE_FORMAT, 1) != FLOATS && !planes;
    }
}
