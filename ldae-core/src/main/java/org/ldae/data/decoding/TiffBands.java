package org.ldae.data.decoding;

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
    private static final long LEAST_LIMIT = 16 << 20;

    private final TiffSamples samples;
    private final boolean inverted;
    private final byte @Nullable [][] levels;
    private final float @Nullable [][] values;

    private TiffBands(TiffDirectory tiff) {
        super((int) tiff.get(TiffDirectory.HEIGHT, 0), (int) tiff.get(TiffDirectory.WIDTH, 0), (int)
                tiff.get(TiffDirectory.BANDS, 1));
        samples = TiffSamples.of(tiff);
        inverted = tiff.get(TiffDirectory.PHOTOMETRIC, 1) == WHITE_IS_ZERO
                && samples.kind() == Kind.UNSIGNED
                && samples.bits() <= 16;
        boolean small = samples.areLevels();
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
        bands.samples.requireKnown();
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
        int bits = samples.bits();
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
        TiffBlocks places = TiffBlocks.of(stream, tiff, tiled, blocks);
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
            if (places.isSparse(b)) {
                blank(at, (float) tiff.noData().orElse(0));
                continue;
            }
            byte[] data = places.read(stream, b);
            if (tiff.get(TiffDirectory.FILL_ORDER, 1) == REVERSED) {
                reverse(data);
            }
            TiffCompression.unpack(tiff.get(TiffDirectory.COMPRESSION, 1), data, block);
            ByteOrder order = samples.undo(
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
                        levels[at.band + band][to + x] = (byte) samples.packed(block, y * rowBytes, number);
                    } else if (values != null) {
                        values[at.band + band][to + x] = samples.value(block, y * rowBytes, number);
                    }
                }
            }
        }
    }

    @Override
    int bits(int band) {
        return samples.bits();
    }

    @Override
    Kind kind() {
        return samples.kind();
    }

    @Override
    float[] values(int band) {
        float[] band0 = new float[height * width];
        int full = (1 << Math.min(samples.bits(), 16)) - 1;
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
}
