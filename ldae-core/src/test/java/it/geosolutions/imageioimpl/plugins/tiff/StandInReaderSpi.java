package it.geosolutions.imageioimpl.plugins.tiff;

import org.ldae.data.decoding.OnePixelReaderSpi;

/** Stands in for ImageIO-ext's {@code TIFFImageReaderSpi}, beside which it would lie: every TIFF is one pixel of 77. */
public final class StandInReaderSpi extends OnePixelReaderSpi {

    /** Claims all little-endian TIFFs. */
    public StandInReaderSpi() {
        super("tiff", new byte[] {'I', 'I', 42, 0}, 77);
    }
}
