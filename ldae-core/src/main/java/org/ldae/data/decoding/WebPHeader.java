package org.ldae.data.decoding;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteOrder;
import javax.imageio.stream.ImageInputStream;

/** What the chunks of a WebP file say beside the pixels; checked, since its reader trusts them. */
final class WebPHeader {

    /** Bytes before the first chunk: RIFF, a length, WEBP. */
    private static final int START = 12;

    private static final int RIFF = fourLetters("RIFF");
    private static final int CANVAS = fourLetters("VP8X");
    private static final int LOSSY = fourLetters("VP8 ");
    private static final int LOSSLESS = fourLetters("VP8L");
    private static final int ANIMATION_FRAME = fourLetters("ANMF");
    private static final int EXIF = fourLetters("EXIF");
    private static final int SIDE = 0x3fff;

    private final ImageInputStream stream;
    private long canvasHeight = Long.MAX_VALUE;
    private long canvasWidth = Long.MAX_VALUE;
    private long exif = -1;

    private WebPHeader(ImageInputStream stream) {
        this.stream = stream;
    }

    /** Whether a WebP file begins here. */
    static boolean begins(ImageInputStream stream) throws IOException {
        stream.setByteOrder(ByteOrder.LITTLE_ENDIAN);
        stream.seek(0);
        if (stream.length() >= 0 && stream.length() < START) {
            return false;
        }
        boolean riff = stream.readInt() == RIFF;
        stream.skipBytes(4);
        return riff && stream.readInt() == fourLetters("WEBP");
    }

    /** Refuses files that are shorter than they say and frames that are larger than their picture. */
    static WebPHeader read(ImageInputStream stream) throws IOException {
        stream.setByteOrder(ByteOrder.LITTLE_ENDIAN);
        stream.seek(4);
        long end = 8 + stream.readUnsignedInt();
        if (stream.length() >= 0 && end > stream.length()) {
            throw new EOFException("truncated: expected %d bytes, got %d".formatted(end, stream.length()));
        }
        WebPHeader header = new WebPHeader(stream);
        header.chunks(START, end);
        return header;
    }

    /** Where the EXIF chunk's content begins, -1 without one. */
    long exif() {
        return exif;
    }

    private void chunks(long from, long end) throws IOException {
        long next = from;
        while (next + 8 <= end) {
            stream.seek(next);
            int kind = stream.readInt();
            long length = stream.readUnsignedInt();
            long content = next + 8;
            if (kind == CANVAS) {
                stream.skipBytes(4);
                canvasWidth = 1 + threeBytes();
                canvasHeight = 1 + threeBytes();
            } else if (kind == LOSSY) {
                stream.seek(content + 6);
                requireFits(stream.readShort() & SIDE, stream.readShort() & SIDE);
            } else if (kind == LOSSLESS) {
                stream.skipBytes(1);
                int sides = stream.readInt();
                requireFits(1 + (sides & SIDE), 1 + ((sides >> 14) & SIDE));
            } else if (kind == ANIMATION_FRAME) {
                chunks(content + 16, Math.min(end, content + length));
            } else if (kind == EXIF && exif < 0) {
                exif = content;
            }
            next = content + length + length % 2;
        }
    }

    private void requireFits(long width, long height) throws IOException {
        if (width > canvasWidth || height > canvasHeight) {
            throw new IOException("damaged: expected frames within %d x %d pixels, got %d x %d"
                    .formatted(canvasHeight, canvasWidth, height, width));
        }
    }

    private long threeBytes() throws IOException {
        return stream.readUnsignedShort() | (stream.readUnsignedByte() << 16);
    }

    private static int fourLetters(String letters) {
        return letters.charAt(0) | (letters.charAt(1) << 8) | (letters.charAt(2) << 16) | (letters.charAt(3) << 24);
    }
}
