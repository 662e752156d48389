package org.ldae.figures;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ldae.core.Shapes;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Images of arrays, pixel for pixel: -1 is black, 1 is full, what lies outside is clipped. */
final class Tiles {

    private Tiles() {}

    /** Each image of an array {@code [N, C, H, W]}, grey (C = 1) or red, green, blue (C = 3). */
    static List<BufferedImage> of(String name, INDArray images) {
        Shapes.require(name, images, "N C H W", Shapes.ANY, Shapes.ANY, Shapes.ANY, Shapes.ANY);
        long channels = images.size(1);
        if (channels != 1 && channels != 3) {
            throw new IllegalArgumentException(
                    "%s: expected [N, C, H, W] with C = 1 (grey) or 3 (red, green, blue), got C = %d; choose one or three channels to look at"
                            .formatted(name, channels));
        }
        if (images.isEmpty()) {
            throw new IllegalArgumentException("%s: expected at least one image with at least one pixel, got %s"
                    .formatted(name, Arrays.toString(images.shape())));
        }
        int height = Math.toIntExact(images.size(2));
        int width = Math.toIntExact(images.size(3));
        float[] pixels = Shapes.contiguous(images).data().asFloat();
        requireFinite(name, pixels, images.shape());
        int size = Math.toIntExact(channels) * height * width;
        List<BufferedImage> tiles = new ArrayList<>();
        for (int from = 0; from < pixels.length; from += size) {
            tiles.add(tile(Arrays.copyOfRange(pixels, from, from + size), width, height));
        }
        return tiles;
    }

    private static BufferedImage tile(float[] pixels, int width, int height) {
        int plane = width * height;
        boolean grey = pixels.length == plane;
        int[] packed = new int[plane];
        for (int i = 0; i < plane; i++) {
            int red = level(pixels[i]);
            packed[i] =
                    grey ? red * 0x010101 : red << 16 | level(pixels[plane + i]) << 8 | level(pixels[2 * plane + i]);
        }
        BufferedImage tile = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        tile.setRGB(0, 0, width, height, packed, 0, width);
        return tile;
    }

    /** The nearest of 256 levels between -1 and 1. */
    private static int level(float value) {
        return Math.round(127.5f * (Math.max(-1, Math.min(1, value)) + 1));
    }

    private static void requireFinite(String name, float[] pixels, long[] shape) {
        for (int i = 0; i < pixels.length; i++) {
            if (!Float.isFinite(pixels[i])) {
                long row = i / shape[3];
                long plane = row / shape[2];
                throw new IllegalArgumentException(
                        "%s: expected finite pixels, got %s at [n, c, y, x] = [%d, %d, %d, %d]; a picture would hide it"
                                .formatted(
                                        name,
                                        pixels[i],
                                        plane / shape[1],
                                        plane % shape[1],
                                        row % shape[2],
                                        i % shape[3]));
            }
        }
    }
}
