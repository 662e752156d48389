package org.ldae.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.ldae.data.Failures.assertFails;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.ldae.compute.Allocation;
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
        augmentation.apply(batch, SHAPE.size(), SHAPE, Rng.of(3), new float[augmentation.scratch(SHAPE)]);
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

    @Test
    void impossibleCropsAndColoursAreRejected() {
        assertFails(IllegalArgumentException.class, () -> RandomCrop.of(0), "got 0.0 and 1.0");
        assertFails(IllegalArgumentException.class, () -> new RandomCrop(0.5, 0.4, 1), "least <= most");
        assertFails(IllegalArgumentException.class, () -> new RandomCrop(0.5, 1, 0.9), "ratio", "got 0.9");
        assertFails(IllegalArgumentException.class, () -> new ColourJitter(0, 1.1, 0), "contrast", "got 1.1");
        Augmentation colours = Augmentation.none().withJitter(ColourJitter.of(0.4));
        float[] two = new float[SHAPE.size()];
        assertFails(IllegalArgumentException.class, () -> apply(colours, SHAPE, two), "3 channels", "[2, 3, 4]");
        Augmentation crop = Augmentation.none().withCrop(RandomCrop.of(0.08));
        two[3] = 1.5f;
        assertFails(IllegalArgumentException.class, () -> apply(crop, SHAPE, two), "[-1, 1]", "got 1.5");
        assertFails(
                IllegalArgumentException.class,
                () -> crop.apply(two, 0, SHAPE, Rng.of(1), new float[SHAPE.size()]),
                "scratch",
                "got 24");
        two[3] = Float.NaN;
        assertFails(IllegalArgumentException.class, () -> apply(crop, SHAPE, two), "got NaN");
    }

    @Test
    void everythingTogetherIsAFunctionOfTheKeyAndStaysInRange() {
        Augmentation all = Augmentation.none()
                .withFlip()
                .withShift(2)
                .withCrop(RandomCrop.of(0.08))
                .withJitter(ColourJitter.of(0.8));
        ImageShape shape = new ImageShape(3, 20, 12);
        Set<Integer> seen = new HashSet<>();
        for (int key = 0; key < 50; key++) {
            float[] image = apply(all, shape, picture(shape), key);
            assertArrayEquals(image, apply(all, shape, picture(shape), key));
            for (float value : image) {
                assertTrue(value >= -1 && value <= 1, "got " + value);
            }
            seen.add(Arrays.hashCode(image));
        }
        assertEquals(50, seen.size());
    }

    @Test
    void jitterTakesFactorsOfItsRange() {
        Augmentation brightness = Augmentation.none().withJitter(new ColourJitter(0.5, 0, 0));
        ImageShape shape = new ImageShape(1, 1, 1);
        double sum = 0;
        for (int key = 0; key < 2000; key++) {
            float value = apply(brightness, shape, new float[] {-0.2f}, key)[0];
            assertTrue(value >= -0.6f - 1e-6 && value <= 0.2f + 1e-6, "got " + value);
            sum += value;
        }
        assertEquals(-0.2, sum / 2000, 5 * 0.8 / Math.sqrt(12 * 2000));
        Augmentation all = Augmentation.none().withJitter(ColourJitter.of(1));
        Set<Integer> orders = new HashSet<>();
        ImageShape colour = new ImageShape(3, 2, 2);
        for (int key = 0; key < 60; key++) {
            orders.add(Arrays.hashCode(apply(all, colour, picture(colour), key)));
        }
        assertTrue(orders.size() > 50);
    }

    @Test
    void cropTakesNoMemory() {
        Augmentation all =
                Augmentation.none().withFlip().withCrop(RandomCrop.of(0.08)).withJitter(ColourJitter.of(0.4));
        ImageShape shape = new ImageShape(3, 64, 64);
        float[] image = picture(shape);
        float[] scratch = new float[all.scratch(shape)];
        Rng rng = Rng.of(1);
        // The generator and a few small objects: nothing that grows with the image.
        assertTrue(Allocation.ofCaller(() -> all.apply(image, 0, shape, rng, scratch)) < 2048);
    }

    private static float[] picture(ImageShape shape) {
        float[] image = new float[shape.size()];
        for (int i = 0; i < image.length; i++) {
            image[i] = (float) Math.sin(0.37 * i);
        }
        return image;
    }

    private static float[] apply(Augmentation augmentation, ImageShape shape, float[] image) {
        return apply(augmentation, shape, image, 1);
    }

    private static float[] apply(Augmentation augmentation, ImageShape shape, float[] image, long key) {
        augmentation.apply(image, 0, shape, Rng.of(key), new float[augmentation.scratch(shape)]);
        return image;
    }

    private static float[] apply(Augmentation augmentation, ImageShape shape, long key) {
        return apply(augmentation, shape, ramp(shape), key);
    }

    private static float[] ramp(ImageShape shape) {
        float[] image = new float[shape.size()];
        for (int i = 0; i < image.length; i++) {
            image[i] = i;
        }
        return image;
    }
}
