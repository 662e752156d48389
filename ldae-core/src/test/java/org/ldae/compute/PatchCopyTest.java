package org.ldae.compute;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ldae.compute.cpu.Gemm;
import org.ldae.compute.cpu.Gemms;
import org.ldae.compute.cpu.HeapPatchCopy;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class PatchCopyTest {

    /** Bands from one of an image, to the end of it, or of several images. */
    @ParameterizedTest
    @CsvSource({
        "1, 4, 4, 1, 1, 0, 4",
        "1, 28, 28, 7, 3, 0, 12",
        "3, 32, 32, 8, 2, 4, 4",
        "3, 32, 32, 8, 2, 5, 2",
        "3, 32, 32, 8, 5, 4, 12",
        "3, 32, 48, 16, 3, 1, 1",
        "2, 15, 9, 3, 2, 2, 3",
        "4, 6, 6, 6, 7, 0, 7",
        "3, 224, 224, 16, 3, 14, 14",
        "3, 224, 224, 16, 3, 0, 42",
        "3, 224, 224, 16, 2, 16, 12"
    })
    void cutsAndPastesExactlyThePixels(int c, int h, int w, int p, int images, int first, int bands) {
        PatchShape shape = new PatchShape(c, h, w, p);
        int size = images * c * h * w;
        for (PatchCopy copy : everyKind(shape)) {
            INDArray array = Nd4j.createUninitialized(DataType.FLOAT, size);
            FloatBuffer pixels = array.data().asNioFloat();
            for (int i = 0; i < size; i++) {
                pixels.put(i, i + 0.5f);
            }
            try (array;
                    copy;
                    Tensor patches = Tensor.zeros((bands + 1) * (w / p), c * p * p)) {
                float[] expected = new float[patches.size()];
                for (int b = 0; b < bands; b++) {
                    for (int i = 0; i < w * p * c; i++) {
                        expected[b * w * p * c + i] = pixel(shape, first + b, i) + 0.5f;
                    }
                }
                copy.cut(pixels, 0, first, bands, patches);
                assertArrayEquals(expected, patches.toArray());

                float[] other = new float[expected.length];
                for (int i = 0; i < other.length; i++) {
                    other[i] = -expected[i];
                }
                patches.put(other);
                copy.paste(patches, pixels, 0, first, bands);
                copy.cut(pixels, 0, first, bands, patches);
                other[other.length - 1] = patches.toArray()[other.length - 1];
                assertArrayEquals(other, patches.toArray());
                int negative = 0;
                for (int i = 0; i < size; i++) {
                    negative += pixels.get(i) < 0 ? 1 : 0;
                    assertEquals(i + 0.5f, Math.abs(pixels.get(i)));
                }
                assertEquals(bands * w * p * c, negative);
            }
        }
    }

    /** Where in memory the i-th number of a band lies. */
    private static int pixel(PatchShape shape, int band, int i) {
        int p = shape.patch();
        int rows = shape.height() / p;
        int patch = i / (shape.channels() * p * p);
        int within = i % (shape.channels() * p * p);
        int channel = within / (p * p);
        int y = band % rows * p + within % (p * p) / p;
        int x = patch * p + within % p;
        return ((band / rows * shape.channels() + channel) * shape.height() + y) * shape.width() + x;
    }

    private static List<PatchCopy> everyKind(PatchShape shape) {
        List<PatchCopy> kinds = new ArrayList<>();
        for (Gemm gemm : Gemms.available()) {
            kinds.add(gemm.patches(shape));
        }
        kinds.add(new HeapPatchCopy(shape));
        return kinds;
    }

    @Test
    void patchesFillTheImage() {
        Exception refused = assertThrows(IllegalArgumentException.class, () -> new PatchShape(3, 32, 30, 16));
        assertEquals(
                "patches: expected positive sides and multiples of the patch's, got 3 x 32 x 30 in patches of 16",
                refused.getMessage());
    }
}
