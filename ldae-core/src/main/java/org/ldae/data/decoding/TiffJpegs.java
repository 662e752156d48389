package org.ldae.data.decoding;

import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.imageio.stream.ImageInputStream;

/**
 * The JPEG files within a TIFF, one a strip or tile: larger ones than their strip or tile are refused, since a decoder
 * would take the memory they ask for.
 */
final class TiffJpegs {

    /** Strip offsets and tile offsets. */
    private static final Set<Integer> PLACES = Set.of(273, 324);
    /** Where older TIFFs have their one JPEG, of which the strips are then parts. */
    private static final Set<Integer> OLD_PLACES = Set.of(513);

    private static final int OLD = 6;
    private static final int NEW = 7;
    /** Bytes between two segments that a decoder skips. */
    private static final int MOST_GARBAGE = 4096;
    /** Frame markers are 0xc0 to 0xcf but these: Huffman tables, a reserved one, arithmetic coding. */
    private static final Set<Integer> NO_FRAMES = Set.of(0xc4, 0xc8, 0xcc);

    private final ImageInputStream stream;
    private final long height;
    private final long width;

    private TiffJpegs(ImageInputStream stream, TiffDirectory tiff) {
        boolean tiled = !isOld(tiff) && tiff.has(TiffDirectory.TILE_WIDTH);
        long rows = tiff.get(TiffDirectory.HEIGHT, 0);
        this.stream = stream;
        this.height = tiled
                ? tiff.get(TiffDirectory.TILE_HEIGHT, rows)
                : Math.min(rows, isOld(tiff) ? rows : tiff.get(TiffDirectory.ROWS_PER_STRIP, rows));
        this.width = tiff.get(tiled ? TiffDirectory.TILE_WIDTH : TiffDirectory.WIDTH, 0);
    }

    /** Does nothing where the pixels aren't compressed as JPEG. */
    static void requireFit(ImageInputStream stream, TiffDirectory tiff) throws IOException {
        if (!isOld(tiff) && tiff.get(TiffDirectory.COMPRESSION, 1) != NEW) {
            return;
        }
        List<TiffDirectory.Entry> places = new ArrayList<>();
        TiffDirectory.visit(stream, 0, entry -> {
            if ((isOld(tiff) ? OLD_PLACES : PLACES).contains(entry.tag())) {
                places.add(entry);
            }
        });
        TiffJpegs jpegs = new TiffJpegs(stream, tiff);
        for (TiffDirectory.Entry entry : places) {
            for (long place : TiffDirectory.numbers(stream, 0, entry)) {
                jpegs.requireFit(place);
            }
        }
    }

    private static boolean isOld(TiffDirectory tiff) {
        return tiff.get(TiffDirectory.COMPRESSION, 1) == OLD;
    }

    private void requireFit(long place) throws IOException {
        if (place < 0 || (stream.length() >= 0 && place >= stream.length())) {
            return;
        }
        stream.seek(place);
        try {
            int marker = marker();
            while (marker != 0xda && marker != 0xd9) {
                boolean alone = marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8);
                if (marker >= 0xc0 && marker <= 0xcf && !NO_FRAMES.contains(marker)) {
                    requireFrameFits();
                    return;
                }
                if (!alone) {
                    long start = stream.getStreamPosition();
                    stream.seek(start + Math.max(2, twoBytes()));
                }
                marker = marker();
            }
        } catch (EOFException e) {
            // No frame, so no picture: the reader will say so.
            return;
        }
    }

    private void requireFrameFits() throws IOException {
        stream.skipBytes(3);
        int frameHeight = twoBytes();
        int frameWidth = twoBytes();
        if (frameHeight > height || frameWidth > width) {
            throw new IOException("damaged: expected JPEGs within strips or tiles of %d x %d pixels, got %d x %d"
                    .formatted(height, width, frameHeight, frameWidth));
        }
    }

    /** The next marker, what lies before it skipped. */
    private int marker() throws IOException {
        for (int skipped = 0; skipped < MOST_GARBAGE; skipped++) {
            if (stream.readUnsignedByte() == 0xff) {
                int code = stream.readUnsignedByte();
                while (code == 0xff) {
                    code = stream.readUnsignedByte();
                }
                if (code != 0) {
                    return code;
                }
            }
        }
        throw new IOException("damaged: a strip or tile without a JPEG");
    }

    /** Big-endian, whatever the TIFF is. */
    private int twoBytes() throws IOException {
        int high = stream.readUnsignedByte();
        return (high << 8) | stream.readUnsignedByte();
    }
}
