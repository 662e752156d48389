package org.ldae.data.decoding;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.stream.ImageInputStream;

/**
 * What a file says of its picture beside the pixels, which Image I/O's readers don't all tell.
 *
 * @param orientation how EXIF or TIFF says the picture is to be turned, 1 (not at all) to 8
 * @param tiff a TIFF's first directory
 * @param alpha a WebP's opacity that isn't compressed
 * @param canvas the whole picture, where its first frame may be a part of it
 */
record ImageHeader(
        int orientation, Optional<TiffDirectory> tiff, Optional<WebPHeader.RawAlpha> alpha, Optional<Canvas> canvas) {

    /** A picture's size, and where its first frame lies in it. */
    record Canvas(int height, int width, int top, int left) {}

    private static final int UPRIGHT = 1;
    private static final long PNG = 0x89504e470d0a1a0aL;
    private static final int TEXT = 0x69545874;
    private static final int END = 0x49454e44;
    private static final int GIF = 0x38464947;
    private static final int MOST_TEXT = 1 << 16;
    private static final Pattern XMP_ORIENTATION = Pattern.compile("tiff:Orientation(?:=[\"']|>)\\s*([1-8])\\s*[\"'<]");
    private static final int EXIF = 0x45786966;
    private static final int BITMAP = 0x4d42;
    private static final int BITMAP_START = 34;
    /** Bitmap compressions that are a file of another format. */
    private static final Set<Integer> BITMAP_FILES = Set.of(4, 5);

    /** Of a picture that says nothing but its pixels. */
    static ImageHeader none() {
        return new ImageHeader(UPRIGHT, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** Reads a header of any format; leaves the stream at its start, in network byte order. */
    static ImageHeader read(ImageInputStream stream) throws IOException {
        try {
            if (TiffDirectory.begins(stream, 0)) {
                TiffDirectory directory = TiffDirectory.read(stream, 0);
                TiffJpegs.requireFit(stream, directory);
                return new ImageHeader(
                        orientation(directory), Optional.of(directory), Optional.empty(), Optional.empty());
            }
            refuseFileInBitmap(stream);
            if (WebPHeader.begins(stream)) {
                WebPHeader webP = WebPHeader.read(stream);
                return new ImageHeader(inWebP(stream, webP.exif()), Optional.empty(), webP.rawAlpha(), webP.canvas());
            }
            return new ImageHeader(exif(stream), Optional.empty(), Optional.empty(), gifCanvas(stream));
        } finally {
            stream.seek(0);
            stream.setByteOrder(ByteOrder.BIG_ENDIAN);
        }
    }

    /** Whether height and width change places when the picture is turned. */
    boolean turned() {
        return orientation >= 5;
    }

    /** Readers would take memory as the file within the bitmap wants it. */
    private static void refuseFileInBitmap(ImageInputStream stream) throws IOException {
        stream.seek(0);
        byte[] start = new byte[BITMAP_START];
        int length = stream.read(start);
        ByteBuffer fields = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN);
        if (length == start.length && fields.getShort(0) == BITMAP && BITMAP_FILES.contains(fields.getInt(30))) {
            throw new IOException("a bitmap around a JPEG or PNG file, which only printers understand");
        }
    }

    private static int exif(ImageInputStream stream) throws IOException {
        try {
            stream.setByteOrder(ByteOrder.BIG_ENDIAN);
            stream.seek(0);
            if (stream.readUnsignedShort() == 0xffd8) {
                return inJpeg(stream);
            }
            stream.seek(0);
            return stream.readLong() == PNG ? inPng(stream) : UPRIGHT;
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

    /** EXIF's word, or that of the first text of XMP before the end. */
    private static int inPng(ImageInputStream stream) throws IOException {
        int found = UPRIGHT;
        while (true) {
            long length = stream.readUnsignedInt();
            int kind = stream.readInt();
            long start = stream.getStreamPosition();
            if (kind == 0x65584966) {
                return inTiff(stream, start);
            } else if (kind == END) {
                return found;
            } else if (kind == TEXT && length < MOST_TEXT && found == UPRIGHT) {
                byte[] text = new byte[(int) length];
                stream.readFully(text);
                Matcher orientation = XMP_ORIENTATION.matcher(new String(text, StandardCharsets.ISO_8859_1));
                found = orientation.find() ? orientation.group(1).charAt(0) - '0' : UPRIGHT;
            }
            stream.seek(start);
            stream.seek(stream.getStreamPosition() + length + 4);
        }
    }

    private static int inWebP(ImageInputStream stream, long start) throws IOException {
        if (start < 0) {
            return UPRIGHT;
        }
        stream.setByteOrder(ByteOrder.BIG_ENDIAN);
        stream.seek(start);
        // Some writers begin with the six bytes that JPEG wants.
        return inTiff(stream, stream.readInt() == EXIF ? start + 6 : start);
    }

    private static int inTiff(ImageInputStream stream, long base) throws IOException {
        try {
            return TiffDirectory.begins(stream, base) ? orientation(TiffDirectory.read(stream, base)) : UPRIGHT;
        } catch (IOException | ArithmeticException e) {
            // A damaged EXIF block says nothing about the picture, which may be whole.
            return UPRIGHT;
        }
    }

    /** The screen and the place of the first frame. */
    private static Optional<Canvas> gifCanvas(ImageInputStream stream) throws IOException {
        try {
            stream.setByteOrder(ByteOrder.LITTLE_ENDIAN);
            stream.seek(0);
            if (stream.readInt() != GIF) {
                return Optional.empty();
            }
            stream.skipBytes(2);
            int width = stream.readUnsignedShort();
            int height = stream.readUnsignedShort();
            int flags = stream.readUnsignedByte();
            stream.skipBytes(2 + ((flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1)));
            int block = stream.readUnsignedByte();
            while (block == 0x21) {
                stream.readUnsignedByte();
                for (int length = stream.readUnsignedByte(); length > 0; length = stream.readUnsignedByte()) {
                    stream.skipBytes(length);
                }
                block = stream.readUnsignedByte();
            }
            int left = stream.readUnsignedShort();
            int top = stream.readUnsignedShort();
            int frameWidth = stream.readUnsignedShort();
            int frameHeight = stream.readUnsignedShort();
            return block != 0x2c
                    ? Optional.empty()
                    : Optional.of(new Canvas(
                            Math.max(height, top + frameHeight), Math.max(width, left + frameWidth), top, left));
        } catch (EOFException e) {
            return Optional.empty();
        }
    }

    private static int orientation(TiffDirectory directory) {
        long orientation = directory.get(TiffDirectory.ORIENTATION, UPRIGHT);
        return orientation >= 1 && orientation <= 8 ? (int) orientation : UPRIGHT;
    }
}
