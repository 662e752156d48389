package org.ldae.launcher;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FeatureTableTest {

    private static final String CSV = "a;b;c\n1;2.5;-3\n\n4;5;6e2\n";

    @TempDir
    Path folder;

    private static byte[] npy(String shape, float... numbers) {
        byte[] header = "{'descr': '<f4', 'fortran_order': False, 'shape': (%s), }\n"
                .formatted(shape)
                .getBytes(StandardCharsets.ISO_8859_1);
        ByteBuffer bytes = ByteBuffer.allocate(10 + header.length + Float.BYTES * numbers.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0})
                .putShort((short) header.length)
                .put(header);
        for (float number : numbers) {
            bytes.putFloat(number);
        }
        return bytes.array();
    }

    private FeatureTable read(String name, byte[] content) throws IOException {
        return FeatureTable.read(Files.write(folder.resolve(name), content).toString());
    }

    @Test
    void tablesAreReadRowByRow() throws IOException {
        for (FeatureTable table : new FeatureTable[] {
            read("a.npy", npy("2, 3", 1, 2.5f, -3, 4, 5, 600)), read("a.csv", CSV.getBytes(StandardCharsets.US_ASCII))
        }) {
            assertEquals(2, table.rows());
            assertEquals(3, table.columns());
            assertEquals(2.5, table.at(0, 1));
            assertEquals(600, table.at(1, 2));
            assertThrows(IllegalArgumentException.class, table::labels);
        }
        assertArrayEquals(new int[] {3, 0}, read("b.npy", npy("2,", 3, 0)).labels());
        FeatureTable halves = read("c.npy", npy("1,", 0.5f));
        assertThrows(IllegalArgumentException.class, halves::labels);
    }

    /** The third is 2^64 + 2 numbers, the fourth more than a long holds. */
    @ParameterizedTest
    @ValueSource(
            strings = {"-2, 1", "2, x", "9223372036854775809, 2", "4294967296, 4294967296, 2", "0, 2", "", "1, 1, 2"})
    void shapesThatTheFileDoesNotHoldAreRefused(String shape) {
        String message =
                String.valueOf(assertThrows(IllegalArgumentException.class, () -> read("d.npy", npy(shape, 1, 2)))
                        .getMessage());
        assertTrue(message.startsWith(folder.resolve("d.npy").toString()), message);
    }

    @Test
    void damagedFilesAreReadOrRefusedByName() throws IOException {
        Random random = new Random(1);
        byte[][] whole = {npy("2, 3", 1, 2.5f, -3, 4, 5, 600), CSV.getBytes(StandardCharsets.US_ASCII)};
        int refused = 0;
        for (int i = 0; i < 4000; i++) {
            byte[] file = whole[i % 2].clone();
            for (int k = random.nextInt(3); k >= 0; k--) {
                file[random.nextInt(file.length)] = (byte) random.nextInt(256);
            }
            String name = i % 2 == 0 ? "e.npy" : "e.csv";
            try {
                read(name, file);
            } catch (IOException | IllegalArgumentException e) {
                assertTrue(String.valueOf(e.getMessage()).contains(name), e::toString);
                refused++;
            }
        }
        assertTrue(refused > 400, () -> "few were refused");
    }
}
