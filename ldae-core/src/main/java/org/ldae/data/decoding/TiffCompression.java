package org.ldae.data.decoding;

import java.io.EOFException;
import java.io.IOException;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Unpacks a strip or tile of a TIFF: raw, PackBits, LZW and deflate (TIFF 6.0, sections 9 and 13; Adobe's note 2). */
final class TiffCompression {

    private static final int RAW = 1;
    private static final int LZW = 5;
    private static final int DEFLATE = 8;
    private static final int OLD_DEFLATE = 32946;
    private static final int PACK_BITS = 32773;
    private static final int CLEAR = 256;
    private static final int END = 257;
    private static final int MOST_CODES = 4096;

    private TiffCompression() {}

    static boolean knows(long compression) {
        return compression == RAW
                || compression == LZW
                || compression == DEFLATE
                || compression == OLD_DEFLATE
                || compression == PACK_BITS;
    }

    /** Fills all of {@code target}; an error if the data end before. */
    static void unpack(long compression, byte[] data, byte[] target) throws IOException {
        int count = switch ((int) compression) {
            case LZW -> lzw(data, target);
            case DEFLATE, OLD_DEFLATE -> inflate(data, target);
            case PACK_BITS -> packBits(data, target);
            default -> raw(data, target);
        };
        if (count < target.length) {
            throw new EOFException(
                    "truncated: expected strips or tiles of %d bytes, got one of %d".formatted(target.length, count));
        }
    }

    private static int raw(byte[] data, byte[] target) {
        int count = Math.min(data.length, target.length);
        System.arraycopy(data, 0, target, 0, count);
        return count;
    }

    private static int inflate(byte[] data, byte[] target) throws IOException {
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(data);
            int count = 0;
            int step = 1;
            while (count < target.length && step > 0) {
                step = inflater.inflate(target, count, target.length - count);
                count += step;
            }
            return count;
        } catch (DataFormatException e) {
            throw new IOException("damaged deflate data: " + e.getMessage(), e);
        } finally {
            inflater.end();
        }
    }

    private static int packBits(byte[] data, byte[] target) {
        int count = 0;
        int at = 0;
        while (at < data.length && count < target.length) {
            int head = data[at++];
            if (head >= 0) {
                int length = Math.min(Math.min(head + 1, data.length - at), target.length - count);
                System.arraycopy(data, at, target, count, length);
                at += head + 1;
                count += length;
            } else if (head != -128 && at < data.length) {
                int end = Math.min(target.length, count + 1 - head);
                while (count < end) {
                    target[count++] = data[at];
                }
                at++;
            }
        }
        return count;
    }

    /** Codes of 9 to 12 bits; each stands for a string that lies in the target already, at its start and length. */
    private static int lzw(byte[] data, byte[] target) throws IOException {
        if (data.length > 1 && data[0] == 0 && (data[1] & 1) == 1) {
            throw new IOException("LZW data of before TIFF 6.0, with bits in reverse order; save the file anew");
        }
        int[] starts = new int[MOST_CODES + 1];
        int[] lengths = new int[MOST_CODES + 1];
        int next = END + 1;
        int width = 9;
        int count = 0;
        long buffer = 0;
        int held = 0;
        int at = 0;
        boolean first = true;
        while (count < target.length) {
            while (held < width && at < data.length) {
                buffer = buffer << 8 | (data[at++] & 0xff);
                held += 8;
            }
            if (held < width) {
                return count;
            }
            held -= width;
            int code = (int) (buffer >> held) & ((1 << width) - 1);
            if (code == END) {
                return count;
            }
            if (code == CLEAR) {
                next = END + 1;
                width = 9;
                first = true;
                continue;
            }
            if (code > END && (first || code > next - 1)) {
                throw new IOException("damaged LZW data");
            }
            int start = count;
            if (code < CLEAR) {
                target[count++] = (byte) code;
            } else {
                int end = Math.min(target.length, count + lengths[code]);
                for (int from = starts[code]; count < end; from++) {
                    target[count++] = target[from];
                }
            }
            // The entry of this string and the first byte of the one after it, which may be the entry itself.
            if (next <= MOST_CODES) {
                starts[next] = start;
                lengths[next] = count - start + 1;
                next++;
            }
            first = false;
            // One code earlier than the table's size asks for, as all of TIFF's writers do.
            width = next > 2047 ? 12 : next > 1023 ? 11 : next > 511 ? 10 : 9;
        }
        return count;
    }
}
