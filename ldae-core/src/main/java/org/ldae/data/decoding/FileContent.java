package org.ldae.data.decoding;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import javax.imageio.stream.ImageInputStream;

/** A picture file's bytes, with settled in place what its readers get wrong or don't agree about. */
final class FileContent {

    private static final int JPEG = 7;
    private static final int YCBCR = 6;
    private static final int PROFILE_CHUNK = 0x50434349;
    private static final int LOSSLESS_CHUNK = 0x4c385056;
    private static final int LOOK_AHEAD = 16;

    /** TwelveMonkeys takes less than a byte for so many of an image for a bomb; one colour may need that little. */
    private static final int MOST_EXPANSION = 2048;

    private final byte[] bytes;
    private final long announced;

    private FileContent(byte[] bytes, long announced) {
        this.bytes = bytes;
        this.announced = announced;
    }

    private FileContent(byte[] bytes) {
        this(bytes, bytes.length);
    }

    /** What to read instead of a file; the given array is changed, and belongs to the reading from now on. */
    static FileContent settled(byte[] bytes) throws IOException {
        ByteStream stream = new ByteStream(bytes);
        if (!TiffDirectory.begins(stream, 0)) {
            JpegMarkers.settle(bytes, 0, bytes.length, Optional.empty());
            return WebPHeader.begins(stream) ? settledWebP(bytes) : new FileContent(bytes);
        }
        byte[] content = TiffDirectory.read(stream, 0).isBig() ? ClassicTiff.of(bytes) : bytes;
        ByteStream tiff = new ByteStream(content);
        TiffDirectory.begins(tiff, 0);
        settleTiff(content, tiff, TiffDirectory.read(tiff, 0));
        return new FileContent(content);
    }

    /** A new stream from its start. */
    ByteStream stream() {
        return new ByteStream(bytes, announced);
    }

    /** Without a colour profile, and with room behind the end for a reader that looks ahead. */
    private static FileContent settledWebP(byte[] bytes) throws IOException {
        ByteBuffer chunks = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        long end = 8 + Integer.toUnsignedLong(chunks.getInt(4));
        if (end > bytes.length) {
            throw new EOFException("truncated: expected %d bytes, got %d".formatted(end, bytes.length));
        }
        long position = 12;
        long announced = bytes.length;
        while (position + 8 <= bytes.length) {
            int at = (int) position;
            if (chunks.getInt(at) == PROFILE_CHUNK) {
                bytes[at] = 'X';
            } else if (chunks.getInt(at) == LOSSLESS_CHUNK && at + 13 <= bytes.length) {
                int sides = chunks.getInt(at + 9);
                long pixels = (1L + (sides & 0x3fff)) * (1 + ((sides >> 14) & 0x3fff));
                announced += pixels * 4 / MOST_EXPANSION;
            }
            long length = Integer.toUnsignedLong(chunks.getInt(at + 4));
            position += 8 + length + length % 2;
        }
        return new FileContent(Arrays.copyOf(bytes, bytes.length + LOOK_AHEAD), announced + LOOK_AHEAD);
    }

    private static void settleTiff(byte[] content, ImageInputStream stream, TiffDirectory tiff) throws IOException {
        long height = tiff.get(TiffDirectory.HEIGHT, 0);
        long photometric = tiff.get(TiffDirectory.PHOTOMETRIC, 1);
        boolean jpeg = tiff.get(TiffDirectory.COMPRESSION, 1) == JPEG && (photometric == 2 || photometric == YCBCR);
        ByteBuffer buffer = ByteBuffer.wrap(content).order(stream.getByteOrder());
        TiffDirectory.visit(stream, 0, entry -> {
            if (entry.tag() == TiffDirectory.ROWS_PER_STRIP
                    && entry.count() == 1
                    && tiff.get(TiffDirectory.ROWS_PER_STRIP, 0) > height
                    && (entry.size() == 4 || entry.size() == 2)) {
                if (entry.size() == 4) {
                    buffer.putInt((int) entry.offset(), (int) height);
                } else {
                    buffer.putShort((int) entry.offset(), (short) height);
                }
            }
            if (jpeg && (entry.tag() == 273 || entry.tag() == 324)) {
                for (long place : TiffDirectory.numbers(stream, 0, entry)) {
                    if (place > 0 && place < content.length) {
                        JpegMarkers.settle(content, (int) place, content.length, Optional.of(photometric == YCBCR));
                    }
                }
            }
        });
    }
}
