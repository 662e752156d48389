package org.ldae.data;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.Optional;
import javax.imageio.stream.ImageInputStream;

/**
 * What a file says of its picture beside the pixels, which Image I/O's readers don't all tell.
 *
 * @param orientation how EXIF or TIFF says the picture is to be turned, 1 (not at all) to 8
 * @param tiff a TIFF's first directory
 */
record ImageHeader(int orientation, Optional<TiffDirectory> tiff) {

    private static final int UPRIGHT = 1;
    private static final long PNG = 0x89504e470d0a1a0aL;
    private static final int EXIF = 0x45786966;

    /** Reads a header of any format; leaves the stream at its start, in network byte order. */
    static ImageHeader read(ImageInputStream stream) throws IOException {
        try {
            if (TiffDirectory.begins(stream, 0)) {
                TiffDirectory directory = TiffDirectory.read(stream, 0);
                return new ImageHeader(orientation(directory), Optional.of(directory));
            }
            return new ImageHeader(exif(stream), Optional.empty());
        } finally {
            stream.seek(0);
            stream.setByteOrder(ByteOrder.BIG_ENDIAN);
        }
    }

    /** Whether height and width change places when the picture is turned. */
    boolean turned() {
        return orientation >= 5;
    }

    private static int exif(ImageInputStream stream) throws IOException {
        try {
            stream.setByteOrder(ByteOrder.BIG_ENDIAN);
            stream.seek(0);
            if (stream.readUnsignedShort() == 0xffd8) {
                return inJpeg(stream);
            }
            stream.seek(0);
            if (stream.readLong() == PNG) {
                return inPng(stream);
            }
            stream.seek(0);
            return stream.readInt() == 0x52494646 ? inWebP(stream) : UPRIGHT;
        } catch (EOFException e) {
            // Too short for any of these, or a block that is cut off: without EXIF, then; pixels are read elsewhere.
            return UPRIGHT;
        }
    }

    /** Segments until the first scan. */
    private static int inJpeg(ImageInputStream stream) throws IOException {
        while (true) {
            int marker = stream.readUnsignedShort();
            if (marker >>> 8 != 0xff || marker == 0xffda || marker == 0xffd9) {
                return UPRIGHT;
            }
            if (marker == 0xffff) {
                stream.seek(stream.getStreamPosition() - 1);
                continue;
            }
            long start = stream.getStreamPosition();
            int length = stream.readUnsignedShort();
            if (marker == 0xffe1 && length >= 8 && stream.readInt() == EXIF) {
                return inTiff(stream, start + 8);
            }
            stream.seek(start + length);
        }
    }

    private static int inPng(ImageInputStream stream) throws IOException {
        while (true) {
            long length = stream.readUnsignedInt();
            int kind = stream.readInt();
            if (kind == 0x65584966) {
                return inTiff(stream, stream.getStreamPosition());
            }
            stream.seek(stream.getStreamPosition() + length + 4);
        }
    }

    private static int inWebP(ImageInputStream stream) throws IOException {
        stream.seek(12);
        stream.setByteOrder(ByteOrder.LITTLE_ENDIAN);
        while (true) {
            int kind = Integer.reverseBytes(stream.readInt());
            long length = stream.readUnsignedInt();
            long start = stream.getStreamPosition();
            if (kind == 0x45584946) {
                boolean prefixed = Integer.reverseBytes(stream.readInt()) == EXIF;
                return inTiff(stream, prefixed ? start + 6 : start);
            }
            stream.seek(start + length + length % 2);
        }
    }

    private static int inTiff(ImageInputStream stream, long base) throws IOException {
        try {
            return TiffDirectory.begins(stream, base) ? orientation(TiffDirectory.read(stream, base)) : UPRIGHT;
        } catch (IOException | ArithmeticException e) {
            // A damaged EXIF block says nothing about the picture, which may be whole.
            return UPRIGHT;
        }
    }

    private static int orientation(TiffDirectory directory) {
        long orientation = directory.get(TiffDirectory.ORIENTATION, UPRIGHT);
        return orientation >= 1 && orientation <= 8 ? (int) orientation : UPRIGHT;
    }
}
