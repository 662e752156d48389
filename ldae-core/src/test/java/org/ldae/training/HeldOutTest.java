package org.ldae.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;

/** Which images are held out, and how many. */
class HeldOutTest {

    @Test
    void splitsImagesWithoutOverlapByKey() {
        ImageSource images = Means.random(20);
        HeldOut quarter = HeldOut.every(10).withPart(0.25);
        HeldOut.Split split = quarter.split(images, Rng.of(3));
        ImageSource held = split.heldOut().orElseThrow();
        assertEquals(15, split.training().size());
        assertEquals(5, held.size());
        float[][] all = new float[20][3];
        for (int i = 0; i < 20; i++) {
            (i < 15 ? split.training() : held).read(i < 15 ? i : i - 15, all[i], 0);
        }
        assertEquals(20, Arrays.stream(all).map(Arrays::toString).distinct().count());
        assertEquals(
                held.hash(),
                quarter.split(images, Rng.of(3)).heldOut().orElseThrow().hash());
        assertNotEquals(
                held.hash(),
                quarter.split(images, Rng.of(4)).heldOut().orElseThrow().hash());
        assertFalse(HeldOut.none().split(images, Rng.of(3)).heldOut().isPresent());
        assertThrows(IllegalArgumentException.class, () -> quarter.split(images.limit(1), Rng.of(3)));
    }

    @Test
    void holdsOutNoMoreThanAQuarterOfTheImagesBetweenChecks() {
        ImageSource images = Means.random(1000);
        HeldOut often = HeldOut.every(10).withPart(0.5);
        assertEquals(500, held(often.split(images, Rng.of(3))));
        assertEquals(500, held(often.split(images, 300, Rng.of(3))));
        assertEquals(100, held(often.split(images, 40, Rng.of(3))));
        assertEquals(64, held(often.split(images, 4, Rng.of(3))));
        assertEquals(10, held(often.split(images.limit(20), 4, Rng.of(3))));
    }

    /** Also where shares of a batch differ in size, as seven images on two workers do. */
    @Test
    void everyImageHeldOutIsCheckedOnceWhateverTheShares() {
        ImageSource images = Means.random(17);
        for (int workers = 1; workers <= 5; workers++) {
            int[] seen = new int[images.size()];
            for (Share share : Share.split(7, workers, 2)) {
                ImagePass pass = new ImagePass() {
                    @Override
                    public void take(int slot, float[] image, int position, Step step) {}

                    @Override
                    public double run(int first, int count, Step step) {
                        for (int i = 0; i < count; i++) {
                            seen[first + i]++;
                        }
                        return 0;
                    }
                };
                ImagePart part = ImagePart.of(share, (step, position) -> new float[3], pass)
                        .withHeldOut(Optional.of(images));
                assertEquals(0, part.heldOutLoss());
            }
            assertEquals(17, Arrays.stream(seen).filter(times -> times == 1).count(), workers + " workers");
        }
    }

    private static int held(HeldOut.Split split) {
        return split.heldOut().orElseThrow().size();
    }
}
