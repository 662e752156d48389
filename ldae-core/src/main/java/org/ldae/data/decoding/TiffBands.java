package org.ldae.data.decoding;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;
import javax.imageio.stream.ImageInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A TIFF's bands, decoded from its raw, PackBits, LZW and deflate strips and tiles here, since Image I/O's readers get much
 * of it wrong: half floats, signed bytes, sparse tiles, floating-point predictors, reversed bits, strips longer than the
 * picture.
 */
final class TiffBands extends PictureBands {

    private static final int WHITE_IS_ZERO = 0;
    private static final int SEPARATE_PLANES = 2;
    private static final int REVERSED = 2;
    private static final int DIFFERENCES = 2;
    private static final int FLOAT_DIFFERENCES = 3;
    private static final long LEAST_LIMIT = 16 << 20;

    private final int height;
    private final int width;
    private final int count;
    private final int bits;
    private final Kind kind;
    private final boolean inverted;
    private final byte @Nullable [][] levels;
    private final float @Nullable [][] values;

    private TiffBands(TiffDirectory tiff) {
        height = (int) tiff.get(TiffDirectory.HEIGHT, 0);
        width = (int) tiff.get(TiffDirectory.WIDTH, 0);
        count = (int) tiff.get(TiffDirectory.BANDS, 1);
        bits = (int) tiff.get(TiffDirectory.BITS, 1);
        kind = switch ((int) tiff.get(TiffDirectory.SAMPLE_FORMAT, 1)) {
            case 2 -> Kind.SIGNED;
            case 3 -> Kind.FRACTION;
            default -> Kind.UNSIGNED;
        };
        inverted = tiff.get(TiffDirectory.PHOTOMETRIC, 1) == WHITE_IS_ZERO && kind == Kind.UNSIGNED && bits <= 16;
        boolean small = bits <= 8 && kind == Kind.UNSIGNED;
        levels = small ? new byte[count][height * width] : null;
        values = small ? null : new float[count][height * width];
    }

    /** Whether the file is of a kind that is decoded here. */
    static boolean knows(TiffDirectory tiff) {
        long[] bits = tiff.all(TiffDirectory.BITS);
        long[] formats = tiff.all(TiffDirectory.SAMPLE_FORMAT);
        long photometric = tiff.get(TiffDirectory.PHOTOMETRIC, 1);
        return TiffCompression.knows(tiff.get(TiffDirectory.COMPRESSION, 1))
                && (photometric <= 3 || photometric == 5)
                && Arrays.stream(bits).allMatch(each -> each == bits[0])
                && Arrays.stream(formats).allMatch(each -> each == formats[0])
                && tiff.get(TiffDirectory.BANDS, 1) <= Short.MAX_VALUE;
    }

    /** Decodes the first picture; its size has been found modest. */
    static TiffBands read(ImageInputStream stream, TiffDirectory tiff) throws IOException {
        TiffBands bands = new TiffBands(tiff);
        if (bands.kind == Kind.FRACTION && bands.bits != 16 && bands.bits != 32 && bands.bits != 64) {
            throw new IOException("expected fractions of 16, 32 or 64 bits, got " + bands.bits);
        }
        if (bands.kind == Kind.SIGNED && bands.bits % 8 != 0) {
            throw new IOException("expected signed samples of 8, 16, 32 or 64 bits, got " + bands.bits);
        }
        bands.fill(stream, tiff);
        return bands;
    }

    private void fill(ImageInputStream stream, TiffDirectory tiff) throws IOException {
        boolean tiled = tiff.has(TiffDirectory.TILE_WIDTH);
        long blockWidth = tiled ? tiff.get(TiffDirectory.TILE_WIDTH, width) : width;
        long blockHeight =
                tiled ? tiff.get(TiffDirectory.TILE_HEIGHT, height) : tiff.get(TiffDirectory.ROWS_PER_STRIP, height);
        if (!tiled) {
            blockHeight = Math.min(height, blockHeight);
        }
        boolean separate = tiff.get(TiffDirectory.PLANAR, 1) == SEPARATE_PLANES && count > 1;
        int each = separate ? 1 : count;
        if (blockWidth < 1 || blockHeight < 1) {
            throw new IOException(
                    "expected strips or tiles of at least one pixel, got %d x %d".formatted(blockHeight, blockWidth));
        }
        long rowBytes = (blockWidth * each * bits + 7) / 8;
        double limit =
                Math.min(Integer.MAX_VALUE - 8, Math.max(LEAST_LIMIT, 4.0 * height * width * each * (bits + 7) / 8));
        if (rowBytes * (double) blockHeight > limit) {
            throw new IOException("tiles of %d x %d pixels are too large for a picture of %d x %d"
                    .formatted(blockHeight, blockWidth, height, width));
        }
        int across = (int) ((width + blockWidth - 1) / blockWidth);
        int down = (int) ((height + blockHeight - 1) / blockHeight);
        int blocks = Math.multiplyExact(Math.multiplyExact(across, down), separate ? count : 1);
        Blocks places = Blocks.of(stream, tiff, tiled, blocks);
        byte[] unpacked = new byte[(int) (rowBytes * blockHeight)];
        for (int b = 0; b < blocks; b++) {
            int place = b % (across * down);
            int top = (int) (place / across * blockHeight);
            int left = (int) (place % across * blockWidth);
            int rows = (int) Math.min(blockHeight, height - (long) top);
            // The last strip ends with the picture; tiles are always whole.
            byte[] block = tiled || rows == blockHeight ? unpacked : new byte[(int) (rowBytes * rows)];
            Block at = new Block(
                    top,
                    left,
                    rows,
                    (int) Math.min(blockWidth, width - left),
                    separate ? b / (across * down) : 0,
                    each);
            if (places.lengths[b] == 0) {
                blank(at, (float) tiff.noData().orElse(0));
                continue;
            }
            byte[] data = places.read(stream, b);
            if (tiff.get(TiffDirectory.FILL_ORDER, 1) == REVERSED) {
                reverse(data);
            }
            TiffCompression.unpack(tiff.get(TiffDirectory.COMPRESSION, 1), data, block);
            ByteOrder order = undo(
                    (int) tiff.get(TiffDirectory.PREDICTOR, 1), block, (int) rowBytes, each, stream.getByteOrder());
            store(at, ByteBuffer.wrap(block).order(order), (int) rowBytes);
        }
    }

    /** A strip or tile: where it begins in the picture, what of it lies inside, and its bands. */
    private record Block(int top, int left, int rows, int columns, int band, int bands) {}

    private static void reverse(byte[] data) {
        for (int i = 0; i < data.length; i++) {
            data[i] = (byte) (Integer.reverse(data[i]) >>> 24);
        }
    }

    /** Undoes the differences between neighbours in place; tells the byte order of the result. */
    private ByteOrder undo(int predictor, byte[] block, int rowBytes, int step, ByteOrder order) throws IOException {
        if (predictor == 1) {
            return order;
        }
        int bytes = bits / 8;
        if (bits % 8 != 0 || (predictor != DIFFERENCES && (predictor != FLOAT_DIFFERENCES || kind != Kind.FRACTION))) {
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

    private void blank(Block at, float value) {
        for (int band = at.band; band < at.band + at.bands; band++) {
            for (int y = at.top; y < at.top + at.rows; y++) {
                int from = y * width + at.left;
                if (levels != null) {
                    Arrays.fill(levels[band], from, from + at.columns, (byte) value);
                } else if (values != null) {
                    Arrays.fill(values[band], from, from + at.columns, value);
                }
            }
        }
    }

    private void store(Block at, ByteBuffer block, int rowBytes) {
        for (int y = 0; y < at.rows; y++) {
            for (int band = 0; band < at.bands; band++) {
                int to = (at.top + y) * width + at.left;
                for (int x = 0; x < at.columns; x++) {
                    int number = x * at.bands + band;
                    if (levels != null) {
                        levels[at.band + band][to + x] = (byte) packed(block, y * rowBytes, number);
                    } else if (values != null) {
                        values[at.band + band][to + x] = value(block, y * rowBytes, number);
                    }
                }
            }
        }
    }

    private float value(ByteBuffer block, int row, int number) {
        int at = row + number * (bits / 8);
        boolean signed = kind == Kind.SIGNED;
        if (kind == Kind.FRACTION) {
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
    private int packed(ByteBuffer block, int row, int number) {
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

    @Override
    int height() {
        return height;
    }

    @Override
    int width() {
        return width;
    }

    @Override
    int count() {
        return count;
    }

    @Override
    int bits(int band) {
        return bits;
    }

    @Override
    Kind kind() {
        return kind;
    }

    @Override
    float[] values(int band) {
        float[] band0 = new float[height * width];
        int full = (1 << Math.min(bits, 16)) - 1;
        boolean invert = inverted && band == 0;
        for (int i = 0; i < band0.length; i++) {
            float value = levels != null ? levels[band][i] & 0xff : Objects.requireNonNull(values)[band][i];
            band0[i] = invert ? full - value : value;
        }
        return band0;
    }

    @Override
    byte[] bytes(int band) {
        byte[] copy = levels == null ? new byte[0] : levels[band].clone();
        if (inverted && band == 0) {
            for (int i = 0; i < copy.length; i++) {
                copy[i] = (byte) ~copy[i];
            }
        }
        return copy;
    }

    /** Where the strips or tiles lie. */
    private static final class Blocks {

        private static final int STRIP_OFFSETS = 273;
        private static final int STRIP_LENGTHS = 279;
        private static final int TILE_OFFSETS = 324;
        private static final int TILE_LENGTHS = 325;

        private final long[] offsets;
        private final long[] lengths;

        private Blocks(long[] offsets, long[] lengths) {
            this.offsets = offsets;
            this.lengths = lengths;
        }

        static Blocks of(ImageInputStream stream, TiffDirectory tiff, boolean tiled, int blocks) throws IOException {
            // Some writers call a tile's offsets a strip's.
            long[] offsets = numbers(stream, blocks, tiled ? TILE_OFFSETS : STRIP_OFFSETS, STRIP_OFFSETS);
            long[] lengths = numbers(stream, blocks, tiled ? TILE_LENGTHS : STRIP_LENGTHS, STRIP_LENGTHS);
            if (offsets.length < blocks) {
                throw new IOException("expected %d strips or tiles, got %d".formatted(blocks, offsets.length));
            }
            if (lengths.length < blocks) {
                boolean raw = tiff.get(TiffDirectory.COMPRESSION, 1) == 1;
                if (!raw && blocks > 1) {
                    throw new IOException(
                            "expected the lengths of %d strips or tiles, got %d".formatted(blocks, lengths.length));
                }
                lengths = new long[blocks];
                for (int b = 0; b < blocks; b++) {
                    lengths[b] = offsets[b] == 0 ? 0 : Math.max(1, stream.length() - offsets[b]);
                }
            }
            return new Blocks(offsets, lengths);
        }

        private static long[] numbers(ImageInputStream stream, int most, int tag, int otherwise) throws IOException {
            long[][] found = {new long[0], new long[0]};
            TiffDirectory.visit(stream, 0, entry -> {
                if ((entry.tag() == tag || entry.tag() == otherwise) && entry.count() <= 2L * most + 16) {
                    found[entry.tag() == tag ? 0 : 1] = TiffDirectory.numbers(stream, 0, entry);
                }
            });
            return found[0].length > 0 ? found[0] : found[1];
        }

        byte[] read(ImageInputStream stream, int block) throws IOException {
            long length = Math.min(lengths[block], stream.length() - offsets[block]);
            if (length < 1 || offsets[block] < 0 || length > Integer.MAX_VALUE - 8) {
                throw new EOFException("truncated: a strip or tile lies beyond the end of the file");
            }
            byte[] data = new byte[(int) length];
            stream.seek(offsets[block]);
            stream.readFully(data);
            return data;
        }
    }
}
