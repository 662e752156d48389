package org.ldae.data.decoding;

import java.io.EOFException;
import java.io.IOException;
import javax.imageio.stream.ImageInputStream;

/** Where the strips or tiles lie. */
final class TiffBlocks {

    private static final int STRIP_OFFSETS = 273;
    private static final int STRIP_LENGTHS = 279;
    private static final int TILE_OFFSETS = 324;
    private static final int TILE_LENGTHS = 325;

    private final long[] offsets;
    private final long[] lengths;

    private TiffBlocks(long[] offsets, long[] lengths) {
        this.offsets = offsets;
        this.lengths = lengths;
    }

    static TiffBlocks of(ImageInputStream stream, TiffDirectory tiff, boolean tiled, int blocks) throws IOException {
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
        return new TiffBlocks(offsets, lengths);
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

    /** Whether a block isn't stored, since it has no data. */
    boolean isSparse(int block) {
        return lengths[block] == 0;
    }

    /** A block as it is stored, packed. */
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
