package org.ldae.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ldae.core.ImageShape;
import org.ldae.core.Rng;
import org.ldae.testing.Golden;

/** Views for contrastive learning. */
class ViewsTest {

    private static final ImageShape COLOUR = new ImageShape(3, 12, 10);
    private static final Views STILL = new Views(Augmentation.none(), 0, 0, 0);

    private static float[] image(ImageShape shape) {
        float[] image = new float[shape.size()];
        Rng.of(1).normals(image, 0, image.length);
        for (int i = 0; i < image.length; i++) {
            image[i] = (float) Math.tanh(image[i]);
        }
        return image;
    }

    private static float[] view(Views views, ImageShape shape, long key) {
        float[] view = image(shape);
        views.apply(view, 0, shape, Rng.of(key), new float[views.scratch(shape)]);
        return view;
    }

    /** It read outside the image: a border mirrored at a single pixel has no other. */
    @Test
    void imagesOnePixelWideAreBlurredAlongTheOtherSide() {
        float[] pixels = {-1, 1, 1, -1, 1};
        float[] down = pixels.clone();
        float[] across = pixels.clone();
        Blur.apply(new ImageSlice(down, 0, new ImageShape(1, 5, 1)), 1, new float[5]);
        Blur.apply(new ImageSlice(across, 0, new ImageShape(1, 1, 5)), 1, new float[5]);
        assertArrayEquals(down, across);
        double side = Math.exp(-0.5);
        assertEquals(1 / (1 + 2 * side), down[1], 1e-6);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.1", "0.7", "2.0"})
    void blurIsTorchvisions(String sigma) {
        Golden golden = Golden.read("data/blur");
        float[] image = golden.floats("image");
        ImageSlice slice = new ImageSlice(image, 0, new ImageShape(3, 52, 60));
        assertEquals(5, Blur.window(slice));
        Blur.apply(slice, Double.parseDouble(sigma), new float[60]);
        golden.assertClose("blurred." + sigma, image, 1e-6);
    }

    @Test
    void aViewIsAFunctionOfImageAndKey() {
        Views views = Views.of(COLOUR).withBlur(0.5);
        float[] first = view(views, COLOUR, 1);
        assertArrayEquals(first, view(views, COLOUR, 1));
        assertFalse(Arrays.equals(first, view(views, COLOUR, 2)));
        assertFalse(Arrays.equals(first, image(COLOUR)));
        for (int key = 0; key < 200; key++) {
            for (float pixel : view(views, COLOUR, key)) {
                assertTrue(Math.abs(pixel) <= 1);
            }
        }
    }

    @Test
    void nothingAskedForNothingChanges() {
        assertArrayEquals(image(COLOUR), view(STILL, COLOUR, 1));
    }

    @Test
    void greyViewsHaveTheirLumaInAllChannels() {
        float[] image = image(COLOUR);
        float[] view = view(new Views(Augmentation.none(), 0, 1, 0), COLOUR, 1);
        int plane = 120;
        for (int i = 0; i < plane; i++) {
            double luma = 0.2989 * (image[i] + 1) + 0.587 * (image[plane + i] + 1) + 0.114 * (image[2 * plane + i] + 1);
            for (int c = 0; c < 3; c++) {
                assertEquals(luma - 1, view[c * plane + i], 1e-6);
            }
        }
    }

    @Test
    void sharesOfTheViewsAreThoseAskedFor() {
        int grey = 0;
        int blurred = 0;
        int coloured = 0;
        int count = 4000;
        ImageShape shape = new ImageShape(3, 10, 10);
        Augmentation bright = Augmentation.none().withJitter(new ColourJitter(0.5, 0, 0));
        for (int key = 0; key < count; key++) {
            float[] one = view(new Views(Augmentation.none(), 0, 0.2, 0), shape, key);
            grey += one[0] == one[100] ? 1 : 0;
            blurred += Arrays.equals(image(shape), view(STILL.withBlur(0.3), shape, key)) ? 0 : 1;
            coloured += Arrays.equals(image(shape), view(new Views(bright, 0.8, 0, 0), shape, key)) ? 0 : 1;
        }
        assertEquals(0.2, (double) grey / count, 0.03);
        assertEquals(0.3, (double) blurred / count, 0.03);
        assertEquals(0.8, (double) coloured / count, 0.03);
    }

    @Test
    void usualViewsFitTheImages() {
        assertEquals(0.2, Views.of(COLOUR).greyscale());
        assertEquals(0, Views.of(COLOUR).blur());
        assertEquals(0.5, Views.of(new ImageShape(3, 64, 64)).blur());
        ImageShape grey = new ImageShape(1, 28, 28);
        assertEquals(0, Views.of(grey).greyscale());
        view(Views.of(grey), grey, 1);
    }

    @Test
    void whatCannotApplyIsRefused() {
        ImageShape grey = new ImageShape(1, 12, 10);
        refused(() -> view(new Views(Augmentation.none(), 0, 0.2, 0), grey, 1), "greyscale");
        refused(() -> STILL.withBlur(1.1), "blur");
        refused(() -> new Views(Augmentation.none(), Double.NaN, 0, 0), "jitter");
        refused(() -> new Views(Augmentation.none(), 0, -0.1, 0), "greyscale");
    }

    private static void refused(org.junit.jupiter.api.function.Executable call, String part) {
        String message = String.valueOf(
                assertThrows(IllegalArgumentException.class, call).getMessage());
        assertTrue(message.contains(part), message);
    }
}
