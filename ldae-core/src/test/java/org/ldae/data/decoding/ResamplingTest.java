package org.ldae.data.decoding;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResamplingTest {

    @Test
    void centredSquareIsThatOfAdmAndPillowLevelForLevel() throws IOException {
        List<String> cases;
        try (InputStream in = ResamplingTest.class.getResourceAsStream("/golden/data/resize.csv")) {
            assertNotNull(in);
            cases = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
        assertEquals(8, cases.size());
        for (String line : cases) {
            String[] parts = line.split(",");
            Planes image = image(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
            int side = Integer.parseInt(parts[2]);
            assertEquals(
                    parts[3],
                    HexFormat.of().formatHex(Resampling.centredSquare(image, side).values[0]),
                    line.substring(0, 9));
        }
    }

    @Test
    void imageThatFitsIsCutWithoutAnyChange() {
        Planes cut = Resampling.centredSquare(image(4, 7), 4);
        for (int y = 0; y < 4; y++) {
            assertArrayEquals(
                    Arrays.copyOfRange(image(4, 7).values[0], 7 * y + 1, 7 * y + 5),
                    Arrays.copyOfRange(cut.values[0], 4 * y, 4 * y + 4));
        }
    }

    @Test
    void finestChequerboardBecomesGreyWhenShrunk() {
        byte[] board = new byte[64 * 64];
        for (int i = 0; i < board.length; i++) {
            board[i] = (byte) ((i / 64 + i % 64) % 2 * 255);
        }
        Planes small = Resampling.centredSquare(new Planes(64, 64, new byte[][] {board}), 8);
        for (byte value : small.values[0]) {
            assertEquals(127.5f, value & 0xff, 1.5f);
        }
    }

    @Test
    void sharedPlanesStayShared() {
        byte[] plane = image(8, 8).values[0];
        Planes small = Resampling.centredSquare(new Planes(8, 8, new byte[][] {plane, plane, plane}), 4);
        assertSame(small.values[0], small.values[2]);
    }

    /** The image of make_data_golden.py. */
    private static Planes image(int height, int width) {
        byte[] plane = new byte[height * width];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                boolean white = (x / 5 + y / 3) % 3 == 0;
                plane[y * width + x] = (byte) (white ? 255 : (11 * y + 23 * x + x * y) % 256 / 4);
            }
        }
        return new Planes(height, width, new byte[][] {plane});
    }
}
