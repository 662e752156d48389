package org.ldae.data.decoding;

import java.awt.image.WritableRaster;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.Optional;
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
    private static final int ALPHA = fourLetters("ALPH");
    private static final int EXIF = fourLetters("EXIF");
    private static final int SIDE = 0x3fff;

    private final ImageInputStream stream;
    private long canvasHeight = Long.MAX_VALUE;
    private long canvasWidth = Long.MAX_VALUE;
    private long exif = -1;
    private long alpha = -1;
    private int filter;
    private int frame;
    private long left;
    private long top;

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

    /** The picture and the place of its first frame, if it says more than that frame. */
    Optional<ImageHeader.Canvas> canvas() {
        return frame == 0
                ? Optional.empty()
                : Optional.of(new ImageHeader.Canvas((int) canvasHeight, (int) canvasWidth, (int) top, (int) left));
    }

    /** The opacity of the first frame where it isn't compressed, which its reader gets wrong. */
    Optional<RawAlpha> rawAlpha() {
        return alpha < 0 || alpha == Long.MAX_VALUE
                ? Optional.empty()
                : Optional.of(new RawAlpha(alpha, (filter >> 2) & 3));
    }

    /**
     * A plane of opacity as bytes.
     *
     * @param offset where they begin
     * @param filter what they are differences from: 0 nothing, 1 the left, 2 the upper neighbour, 3 their gradient
     */
    record RawAlpha(long offset, int filter) {

        /** Puts the plane into the picture's last band. */
        void into(WritableRaster raster, ImageInputStream stream) throws IOException {
            int width = raster.getWidth();
            int band = raster.getNumBands() - 1;
            int[] above = new int[width];
            byte[] row = new byte[width];
            stream.seek(offset);
            for (int y = 0; y < raster.getHeight(); y++) {
                stream.readFully(row);
                int corner = 0;
                for (int x = 0; x < width; x++) {
                    int up = above[x];
                    int left = x == 0 ? up : above[x - 1];
                    int upperLeft = x == 0 ? up : corner;
                    int neighbour = switch (filter) {
                        case 1 -> left;
                        case 2 -> y == 0 ? left : up;
                        case 3 -> y == 0 || x == 0 ? left : Math.max(0, Math.min(255, left + up - upperLeft));
                        default -> 0;
                    };
                    corner = up;
                    above[x] = (row[x] + neighbour) & 0xff;
                }
                raster.setSamples(0, y, width, 1, band, above);
            }
        }
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
                long x = 2 * threeBytes();
                long y = 2 * threeBytes();
                if (frame++ == 0) {
                    left = x;
                    top = y;
                    requireFits(x + 1 + threeBytes(), y + 1 + threeBytes());
                }
                chunks(content + 16, Math.min(end, content + length));
            } else if (kind == ALPHA && alpha < 0) {
                filter = stream.readUnsignedByte();
                // Compressed planes are its reader's affair.
                alpha = (filter & 3) == 0 ? stream.getStreamPosition() : Long.MAX_VALUE;
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
