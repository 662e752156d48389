package org.ldae.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.ldae.data.Failures.assertFails;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.ldae.core.ImageShape;
import org.ldae.core.Rng;

class AugmentationTest {

    private static final ImageShape SHAPE = new ImageShape(2, 3, 4);

    @Test
    void noneLeavesTheImage() {
        assertArrayEquals(ramp(SHAPE), apply(Augmentation.none(), SHAPE, 1));
    }

    @Test
    void flipMirrorsEachRowAboutHalfTheTime() {
        float[] mirrored = {3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12, 19, 18, 17, 16, 23, 22, 21, 20};
        int flips = 0;
        for (int key = 0; key < 2000; key++) {
            float[] image = apply(Augmentation.none().withFlip(), SHAPE, key);
            boolean flipped = Arrays.equals(mirrored, image);
            assertTrue(flipped || Arrays.equals(ramp(SHAPE), image));
            flips += flipped ? 1 : 0;
        }
        assertEquals(1000, flips, 4.5 * Math.sqrt(500));
    }

    @Test
    void shiftMovesAndReflectsUniformly() {
        ImageShape shape = new ImageShape(1, 4, 5);
        // Rows and columns of numpy.pad(image, 2, mode="reflect"), by hand.
        int[] rows = {2, 1, 0, 1, 2, 3, 2, 1};
        int[] columns = {2, 1, 0, 1, 2, 3, 4, 3, 2};
        Map<String, Integer> seen = new HashMap<>();
        for (int dy = -2; dy <= 2; dy++) {
            for (int dx = -2; dx <= 2; dx++) {
                float[] moved = new float[20];
                for (int i = 0; i < 20; i++) {
                    moved[i] = 5 * rows[i / 5 + 2 - dy] + columns[i % 5 + 2 - dx];
                }
                seen.put(Arrays.toString(moved), 0);
            }
        }
        assertEquals(25, seen.size());
        for (int key = 0; key < 5000; key++) {
            String image = Arrays.toString(apply(Augmentation.none().withShift(2), shape, key));
            assertTrue(seen.containsKey(image), image);
            seen.merge(image, 1, Integer::sum);
        }
        seen.forEach((image, count) -> assertEquals(200, count, 4.5 * Math.sqrt(200), image));
    }

    @Test
    void channelsMoveTogether() {
        float[] image = apply(Augmentation.none().withFlip().withShift(1), SHAPE, 7);
        for (int i = 0; i < 12; i++) {
            assertEquals(image[i] + 12, image[12 + i]);
        }
    }

    @Test
    void sameKeyGivesTheSameImageAndAnotherKeyAnother() {
        Augmentation augmentation = Augmentation.none().withFlip().withShift(4);
        ImageShape shape = new ImageShape(3, 32, 32);
        assertArrayEquals(apply(augmentation, shape, 5), apply(augmentation, shape, 5));
        assertNotEquals(Arrays.hashCode(apply(augmentation, shape, 5)), Arrays.hashCode(apply(augmentation, shape, 6)));
    }

    @Test
    void onlyTheImageAtTheOffsetChanges() {
        float[] batch = new float[3 * SHAPE.size()];
        System.arraycopy(ramp(SHAPE), 0, batch, SHAPE.size(), SHAPE.size());
        Augmentation augmentation = Augmentation.none().withFlip().withShift(2);
        augmentation.apply(batch, SHAPE.size(), SHAPE, Rng.of(3), new float[SHAPE.size()]);
        float[] alone = apply(augmentation, SHAPE, 3);
        assertArrayEquals(alone, Arrays.copyOfRange(batch, SHAPE.size(), 2 * SHAPE.size()));
        assertArrayEquals(new float[SHAPE.size()], Arrays.copyOf(batch, SHAPE.size()));
        assertArrayEquals(new float[SHAPE.size()], Arrays.copyOfRange(batch, 2 * SHAPE.size(), batch.length));
    }

    @Test
    void impossibleShiftsAreRejected() {
        assertFails(IllegalArgumentException.class, () -> Augmentation.none().withShift(-1), "got -1");
        Augmentation far = Augmentation.none().withShift(3);
        assertFails(IllegalArgumentException.class, () -> apply(far, SHAPE, 1), "[2, 3, 4]", "got 3");
    }

    private static float[] apply(Augmentation augmentation, ImageShape shape, long key) {
        float[] image = ramp(shape);
        augmentation.apply(image, 0, shape, Rng.of(key), new float[shape.size()]);
        return image;
    }

    private static float[] ramp(ImageShape shape) {
        float[] image = new float[shape.size()];
        for (int i = 0; i < image.length; i++) {
            image[i] = i;
        }
        return image;
    }
}
