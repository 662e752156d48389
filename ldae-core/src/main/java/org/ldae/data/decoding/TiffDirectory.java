package org.ldae.data.decoding;

import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import javax.imageio.stream.ImageInputStream;

/** The first directory of a TIFF, a BigTIFF or an EXIF block, which is a TIFF without pixels. */
final class TiffDirectory {

    static final int WIDTH = 256;
    static final int HEIGHT = 257;
    static final int BITS = 258;
    static final int COMPRESSION = 259;
    static final int PHOTOMETRIC = 262;
    static final int FILL_ORDER = 266;
    static final int ORIENTATION = 274;
    static final int BANDS = 277;
    static final int ROWS_PER_STRIP = 278;
    static final int PLANAR = 284;
    static final int PREDICTOR = 317;
    static final int COLOUR_MAP = 320;
    static final int TILE_WIDTH = 322;
    static final int TILE_HEIGHT = 323;
    static final int EXTRA_BANDS = 338;
    static final int SAMPLE_FORMAT = 339;
    /** GDAL's: the value of pixels that weren't measured, as text. */
    static final int NO_DATA = 42113;

    private static final int MOST_ENTRIES = 4096;
    private static final int MOST_VALUES = 1024;
    /** Bytes of a value, by field type; LONG8, SLONG8 and IFD8 are 16 to 18. */
    private static final int[] BYTES = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8};

    private final Map<Integer, long[]> values = new HashMap<>();
    private final boolean big;

    private TiffDirectory(boolean big) {
        this.big = big;
    }

    /** One field: its values lie at an offset from the start of the TIFF, inside the field itself if they fit there. */
    record Entry(int tag, int type, long count, long offset) {
        int size() {
            return BYTES[type];
        }

        long bytes() {
            return Math.multiplyExact(count, size());
        }
    }

    /** Receives each field of a directory. */
    interface Visitor {
        void field(Entry entry) throws IOException;
    }

    /** Whether a TIFF or BigTIFF begins here; leaves the stream where it was, in the byte order of the TIFF. */
    static boolean begins(ImageInputStream stream, long base) throws IOException {
        stream.seek(base);
        int mark = stream.read() << 8 | stream.read();
        if (mark != 0x4949 && mark != 0x4d4d) {
            return false;
        }
        stream.setByteOrder(mark == 0x4949 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        int magic = stream.readUnsignedShort();
        stream.seek(base);
        return magic == 42 || magic == 43;
    }

    /** Reads the fields that this library needs; one that reaches beyond the file's end is an error. */
    static TiffDirectory read(ImageInputStream stream, long base) throws IOException {
        stream.seek(base + 2);
        TiffDirectory directory = new TiffDirectory(stream.readUnsignedShort() == 43);
        visit(stream, base, entry -> {
            if (entry.tag == BITS && entry.count > MOST_VALUES) {
                throw new IOException("expected at most %d bands, got %d".formatted(MOST_VALUES, entry.count));
            }
            if (entry.count <= MOST_VALUES
                    && ((entry.tag >= WIDTH && entry.tag <= SAMPLE_FORMAT) || entry.tag == NO_DATA)) {
                directory.values.put(entry.tag, numbers(stream, base, entry));
            }
        });
        return directory;
    }

    static void visit(ImageInputStream stream, long base, Visitor visitor) throws IOException {
        stream.seek(base + 2);
        boolean big = stream.readUnsignedShort() == 43;
        stream.seek(base + (big ? 8 : 4));
        long start = big ? stream.readLong() : stream.readUnsignedInt();
        stream.seek(Math.addExact(base, requireInside(start, stream)));
        long entries = big ? stream.readLong() : stream.readUnsignedShort();
        if (entries < 0 || entries > MOST_ENTRIES) {
            throw new IOException("expected a directory of at most %d fields, got %d".formatted(MOST_ENTRIES, entries));
        }
        int bytes = big ? 20 : 12;
        long first = stream.getStreamPosition() - base;
        for (int i = 0; i < entries; i++) {
            stream.seek(base + first + (long) i * bytes);
            int tag = stream.readUnsignedShort();
            int type = stream.readUnsignedShort();
            long count = big ? stream.readLong() : stream.readUnsignedInt();
            if (type >= BYTES.length || BYTES[type] == 0) {
                continue;
            }
            long room = big ? 8 : 4;
            boolean inside = count >= 0 && count <= room / BYTES[type];
            long offset =
                    inside ? stream.getStreamPosition() - base : big ? stream.readLong() : stream.readUnsignedInt();
            Entry entry = new Entry(tag, type, count, offset);
            requireInside(count < 0 || count > Integer.MAX_VALUE ? -1 : Math.addExact(offset, entry.bytes()), stream);
            visitor.field(entry);
        }
    }

    private static long requireInside(long position, ImageInputStream stream) throws IOException {
        if (position < 0 || (stream.length() >= 0 && position > stream.length())) {
            throw new EOFException("a TIFF field reaches beyond the end of the file");
        }
        return position;
    }

    /** A field's values, unsigned but for those of eight bytes. */
    static long[] numbers(ImageInputStream stream, long base, Entry entry) throws IOException {
        long[] numbers = new long[(int) entry.count];
        stream.seek(base + entry.offset);
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = switch (entry.size()) {
                case 1 -> stream.readUnsignedByte();
                case 2 -> stream.readUnsignedShort();
                case 4 -> stream.readUnsignedInt();
                default -> stream.readLong();
            };
        }
        return numbers;
    }

    boolean isBig() {
        return big;
    }

    boolean has(int tag) {
        return all(tag).length > 0;
    }

    /** The first value of a field. */
    long get(int tag, long otherwise) {
        long[] all = all(tag);
        return all.length == 0 ? otherwise : all[0];
    }

    /** All values of a field, none if it is missing. */
    long[] all(int tag) {
        return values.getOrDefault(tag, new long[0]);
    }

    /** The colours of a palette of at most 8 bits. */
    Optional<ColorModel> palette() {
        long[] map = all(COLOUR_MAP);
        int bits = (int) get(BITS, 1);
        int size = 1 << Math.min(bits, 8);
        if (get(PHOTOMETRIC, 1) != 3 || bits > 8 || map.length < 3 * size) {
            return Optional.empty();
        }
        // Some writers take levels for the map's numbers of 16 bits.
        int shift = Arrays.stream(map).allMatch(value -> value < 256) ? 0 : 8;
        byte[][] colours = new byte[3][size];
        for (int i = 0; i < 3 * size; i++) {
            colours[i / size][i % size] = (byte) (map[i] >> shift);
        }
        return Optional.of(new IndexColorModel(bits, size, colours[0], colours[1], colours[2]));
    }

    /** What {@link #NO_DATA} says, if it is a number. */
    OptionalDouble noData() {
        StringBuilder text = new StringBuilder();
        for (long letter : all(NO_DATA)) {
            if (letter != 0) {
                text.append((char) letter);
            }
        }
        try {
            return text.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(Double.parseDouble(text.toString()));
        } catch (NumberFormatException e) {
            return OptionalDouble.empty();
        }
    }
}
