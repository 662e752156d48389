package org.ldae.data.decoding;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * How numbers lie in the bytes of an unpacked strip or tile.
 *
 * @param bits of a sample
 * @param kind what they stand for
 */
record TiffSamples(int bits, PictureBands.Kind kind) {

    private static final int DIFFERENCES = 2;
    private static final int FLOAT_DIFFERENCES = 3;

    static TiffSamples of(TiffDirectory tiff) {
        PictureBands.Kind kind = switch ((int) tiff.get(TiffDirectory.SAMPLE_FORMAT, 1)) {
            case 2 -> PictureBands.Kind.SIGNED;
            case 3 -> PictureBands.Kind.FRACTION;
            default -> PictureBands.Kind.UNSIGNED;
        };
        return new TiffSamples((int) tiff.get(TiffDirectory.BITS, 1), kind);
    }

    void requireKnown() throws IOException {
        if (kind == PictureBands.Kind.FRACTION && bits != 16 && bits != 32 && bits != 64) {
            throw new IOException("expected fractions of 16, 32 or 64 bits, got " + bits);
        }
        if (kind == PictureBands.Kind.SIGNED && bits % 8 != 0) {
            throw new IOException("expected signed samples of 8, 16, 32 or 64 bits, got " + bits);
        }
    }

    /** Whether a byte holds a sample as it is. */
    boolean areLevels() {
        return bits <= 8 && kind == PictureBands.Kind.UNSIGNED;
    }

    /** Undoes the differences between neighbours in place; tells the byte order of the result. */
    ByteOrder undo(int predictor, byte[] block, int rowBytes, int step, ByteOrder order) throws IOException {
        if (predictor == 1) {
            return order;
        }
        int bytes = bits / 8;
        if (bits % 8 != 0
                || (predictor != DIFFERENCES
                        && (predictor != FLOAT_DIFFERENCES || kind != PictureBands.Kind.FRACTION))) {
            throw new IOException("a predictor %d with samples of %d bits isn't known".formatted(predictor, bits));
        }
        byte[] row = new byte[rowBytes];
        ByteBuffer samples = ByteBuffer.wrap(block).order(order);
        for (int start = 0; start < block.length; start += rowBytes) {
            int end = start + rowBytes;
            if (predictor == FLOAT_DIFFERENCES) {
                for (int i = start + step; i < end; i++) {
                    block[i] += block[i - step];
                }
                System.arraycopy(block, start, row, 0, rowBytes);
                int numbers = rowBytes / bytes;
                for (int i = 0; i < rowBytes; i++) {
                    block[start + i] = row[i % bytes * numbers + i / bytes];
                }
                continue;
            }
            int back = step * bytes;
            for (int i = start + back; i + bytes <= end; i += bytes) {
                switch (bytes) {
                    case 1 -> block[i] += block[i - back];
                    case 2 -> samples.putShort(i, (short) (samples.getShort(i) + samples.getShort(i - back)));
                    case 4 -> samples.putInt(i, samples.getInt(i) + samples.getInt(i - back));
                    default -> samples.putLong(i, samples.getLong(i) + samples.getLong(i - back));
                }
            }
        }
        return predictor == FLOAT_DIFFERENCES ? ByteOrder.BIG_ENDIAN : order;
    }

    /** A sample of any size. */
    float value(ByteBuffer block, int row, int number) {
        int at = row + number * (bits / 8);
        boolean signed = kind == PictureBands.Kind.SIGNED;
        if (kind == PictureBands.Kind.FRACTION) {
            return bits == 16
                    ? half(block.getShort(at))
                    : bits == 32 ? block.getFloat(at) : (float) block.getDouble(at);
        }
        return switch (bits) {
            case 8 -> block.get(at);
            case 16 -> signed ? block.getShort(at) : block.getShort(at) & 0xffff;
            case 32 -> signed ? block.getInt(at) : block.getInt(at) & 0xffff_ffffL;
            case 64 -> block.getLong(at);
            default -> packed(block, row, number);
        };
    }

    /** A sample of at most 16 bits, the first in the highest bits of a byte; a row begins with a byte. */
    int packed(ByteBuffer block, int row, int number) {
        if (bits == 8) {
            return block.get(row + number) & 0xff;
        }
        long first = (long) number * bits;
        int at = row + (int) (first >> 3);
        int sum = 0;
        int last = row + (int) ((first + bits - 1) >> 3);
        for (int i = at; i <= last; i++) {
            sum = sum << 8 | (block.get(i) & 0xff);
        }
        int below = (last - at + 1) * 8 - (int) (first & 7) - bits;
        return (sum >> below) & ((1 << bits) - 1);
    }

    /** IEEE 754's binary16. */
    private static float half(short half) {
        int exponent = (half >> 10) & 0x1f;
        int fraction = half & 0x3ff;
        float size = exponent == 0x1f
                ? fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN
                : exponent == 0 ? fraction * 0x1p-24f : Math.scalb(1 + fraction / 1024f, exponent - 15);
        return half < 0 ? -size : size;
    }
}
