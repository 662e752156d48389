package org.ldae.examples;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ldae.core.AtomicFile;

/** Writes GeoTIFFs of many 16-bit bands: one raw strip, pixels of ten metres in a zone of UTM. */
final class GeoTiff {

    private static final int SHORT = 3;
    private static final int LONG = 4;
    private static final int DOUBLE = 12;
    private static final int HEADER = 8;

    /** Zone 32 north on WGS 84, as the EPSG numbers it. */
    private static final int UTM_32_NORTH = 32632;

    private static final double METRES = 10;

    private GeoTiff() {}

    /** A field of the directory; its numbers lie in the entry if they take four bytes at most. */
    private record Field(int tag, int type, List<Double> values) {

        static Field of(int tag, int type, double... values) {
            return new Field(tag, type, Arrays.stream(values).boxed().toList());
        }

        int size() {
            return values.size() * (type == DOUBLE ? Double.BYTES : type == LONG ? Integer.BYTES : Short.BYTES);
        }

        void put(ByteBuffer file) {
            for (double value : values) {
                switch (type) {
                    case DOUBLE -> file.putDouble(value);
                    case LONG -> file.putInt((int) value);
                    default -> file.putShort((short) value);
                }
            }
        }
    }

    /**
     * Writes a square picture.
     *
     * @param samples {@code [side, side, bands]}, 0 to 65535
     */
    static void write(Path path, int side, int bands, int[] samples) throws IOException {
        int strip = Short.BYTES * samples.length;
        List<Field> fields = List.of(
                Field.of(256, SHORT, side), // ImageWidth
                Field.of(257, SHORT, side), // ImageLength
                Field.of(258, SHORT, each(bands, 16)), // BitsPerSample
                Field.of(259, SHORT, 1), // Compression: none
                Field.of(262, SHORT, 1), // PhotometricInterpretation: black is zero
                Field.of(273, LONG, HEADER), // StripOffsets
                Field.of(277, SHORT, bands), // SamplesPerPixel
                Field.of(278, SHORT, side), // RowsPerStrip
                Field.of(279, LONG, strip), // StripByteCounts
                Field.of(284, SHORT, 1), // PlanarConfiguration: all bands of a pixel together
                Field.of(338, SHORT, each(bands - 1, 0)), // ExtraSamples: no alpha
                Field.of(33550, DOUBLE, METRES, METRES, 0), // ModelPixelScale
                Field.of(33922, DOUBLE, 0, 0, 0, 500_000, 5_000_000, 0), // ModelTiepoint
                Field.of(34735, SHORT, 1, 1, 0, 2, 1024, 0, 1, 1, 3072, 0, 1, UTM_32_NORTH)); // GeoKeyDirectory
        int directory = HEADER + strip;
        int outside = directory + Short.BYTES + 12 * fields.size() + Integer.BYTES;
        int length = outside + fields.stream().mapToInt(Field::size).sum();
        ByteBuffer file = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        file.put((byte) 'I').put((byte) 'I').putShort((short) 42).putInt(directory);
        for (int sample : samples) {
            file.putShort((short) sample);
        }
        file.putShort((short) fields.size());
        List<Field> later = new ArrayList<>();
        for (Field field : fields) {
            file.putShort((short) field.tag).putShort((short) field.type).putInt(field.values.size());
            if (field.size() <= Integer.BYTES) {
                field.put(file);
                file.position(file.position() + Integer.BYTES - field.size());
            } else {
                file.putInt(outside);
                outside += field.size();
                later.add(field);
            }
        }
        file.putInt(0); // no further picture
        later.forEach(field -> field.put(file));
        AtomicFile.write(path, Arrays.copyOf(file.array(), file.position())); // room was made for all fields
    }

    private static double[] each(int count, double value) {
        double[] values = new double[count];
        Arrays.fill(values, value);
        return values;
    }
}
