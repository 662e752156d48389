package org.ldae.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResamplingTest {

    @Test
    void agreesWithPillow() throws IOException {
        List<String> cases;
        try (InputStream in = ResamplingTest.class.getResourceAsStream("/golden/data/resize.csv")) {
            assertNotNull(in);
            cases = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
        assertEquals(7, cases.size());
        for (String line : cases) {
            String[] numbers = line.split(",");
            int side = Integer.parseInt(numbers[2]);
            Planes image = image(Integer.parseInt(numbers[0]), Integer.parseInt(numbers[1]));
            float[] expected = new float[side * side];
            for (int i = 0; i < expected.length; i++) {
                expected[i] = Float.parseFloat(numbers[3 + i]);
            }
            assertArrayEquals(expected, Resampling.centredSquare(image, side).values[0], 1e-3f, line.substring(0, 9));
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
        float[] board = new float[64 * 64];
        for (int i = 0; i < board.length; i++) {
            board[i] = (i / 64 + i % 64) % 2 * 255;
        }
        Planes small = Resampling.centredSquare(new Planes(64, 64, new float[][] {board}), 8);
        for (float value : small.values[0]) {
            assertEquals(127.5f, value, 1.5f);
        }
    }

    @Test
    void sharedPlanesStayShared() {
        float[] plane = image(8, 8).values[0];
        Planes small = Resampling.centredSquare(new Planes(8, 8, new float[][] {plane, plane, plane}), 4);
        assertSame(small.values[0], small.values[2]);
    }

    private static Planes image(int height, int width) {
        float[] plane = new float[height * width];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                plane[y * width + x] = (11 * y + 23 * x + x * y) % 256;
            }
        }
        return new Planes(height, width, new float[][] {plane});
    }
}
