package org.ldae.tokenizers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.ldae.tokenizers.Refusal.assertRefused;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ldae.core.ImageShape;
import org.ldae.core.TokenGrid;
import org.ldae.inference.Inference;
import org.ldae.inference.Patches;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class PatchesTest {

    private static final ImageShape SHAPE = new ImageShape(3, 6, 8);
    private final Patches patches = Patches.of(new TokenGrid(SHAPE, 2));

    @Test
    void ordersTokensByRowsAndPatchesByRowColumnChannel() {
        INDArray cut = patches.patchify(Samples.golden("images"));
        assertArrayEquals(new long[] {5, 12, 12}, cut.shape());
        assertEquals('c', cut.ordering());
        assertEquals(Samples.golden("patches"), cut);
    }

    @ParameterizedTest
    @CsvSource({"1,4,4,1", "1,4,4,4", "3,6,8,2", "2,4,12,4", "4,7,7,7", "3,5,5,1"})
    void puttingPatchesTogetherGivesTheImagesBack(int channels, int height, int width, int patch) {
        ImageShape shape = new ImageShape(channels, height, width);
        Patches mapping = Patches.of(new TokenGrid(shape, patch));
        INDArray images = Samples.walks(3, shape);
        INDArray cut = mapping.patchify(images);
        assertArrayEquals(new long[] {3, mapping.grid().tokens(), mapping.grid().patchSize()}, cut.shape());
        assertEquals(images, mapping.unpatchify(cut));
    }

    @Test
    void agreesWithReshapeAndPermute() {
        INDArray images = Samples.walks(4, SHAPE);
        INDArray expected = images.reshape(4, 3, 3, 2, 4, 2)
                .permute(0, 2, 4, 3, 5, 1)
                .dup('c')
                .reshape(4, 12, 12);
        assertEquals(expected, patches.patchify(images));
    }

    @Test
    void agreesWithItselfOverManyBlocks() {
        ImageShape large = new ImageShape(3, 64, 64);
        Patches mapping = Patches.of(new TokenGrid(large, 8));
        INDArray images = Samples.walks(50, large);
        assertTrue(Inference.itemsAtOnce(large.size()) < 50, "more than one block");
        INDArray last = images.get(NDArrayIndex.interval(49, 50));
        INDArray cut = mapping.patchify(images);
        assertEquals(
                mapping.patchify(last), cut.get(NDArrayIndex.interval(49, 50)).dup('c'));
        assertEquals(images, mapping.unpatchify(cut));
    }

    @Test
    void readsViewsAndFortranOrder() {
        INDArray images = Samples.walks(4, SHAPE);
        INDArray expected = patches.patchify(images);
        assertEquals(expected, patches.patchify(images.dup('f')));
        INDArray channelsLast = images.permute(0, 2, 3, 1).dup('c').permute(0, 3, 1, 2);
        assertEquals(expected, patches.patchify(channelsLast));
        INDArray middle = images.get(NDArrayIndex.interval(1, 3));
        assertEquals(expected.get(NDArrayIndex.interval(1, 3)).dup('c'), patches.patchify(middle));
        assertEquals(images, patches.unpatchify(expected.dup('f')));
    }

    @Test
    void leavesItsArgumentAlone() {
        INDArray images = Samples.walks(2, SHAPE);
        INDArray before = images.dup();
        INDArray cut = patches.patchify(images);
        assertNotSame(images, cut);
        cut.assign(7);
        assertEquals(before, images);
    }

    @Test
    void gathersAndScattersAtOffsets() {
        float[] image = Samples.walks(1, SHAPE).data().asFloat();
        float[] padded = new float[5 + image.length];
        System.arraycopy(image, 0, padded, 5, image.length);
        float[] cut = new float[3 + image.length];
        patches.gather(padded, 5, cut, 3);
        float[] expected = patches.patchify(Samples.walks(1, SHAPE)).data().asFloat();
        assertArrayEquals(expected, java.util.Arrays.copyOfRange(cut, 3, cut.length));
        float[] back = new float[padded.length];
        patches.scatter(cut, 3, back, 5);
        assertArrayEquals(padded, back);
    }

    @Test
    void refusesRangesOutsideTheArrays() {
        float[] image = new float[SHAPE.size()];
        float[] small = new float[SHAPE.size() - 1];
        assertThrows(IndexOutOfBoundsException.class, () -> patches.gather(image, 1, image.clone(), 0));
        assertThrows(IndexOutOfBoundsException.class, () -> patches.gather(image, 0, small, 0));
        assertThrows(IndexOutOfBoundsException.class, () -> patches.scatter(small, 0, image, 0));
        assertThrows(IndexOutOfBoundsException.class, () -> patches.scatter(image, 0, image.clone(), -1));
    }

    @Test
    void namesWhatIsWrongWithAShape() {
        INDArray wrong = Nd4j.create(DataType.FLOAT, 2, 3, 8, 6);
        assertRefused(() -> patches.patchify(wrong), "images", "[N, 3, 6, 8]");
        INDArray cut = Nd4j.create(DataType.FLOAT, 2, 12, 11);
        assertRefused(() -> patches.unpatchify(cut), "patches", "[N, 12, 12]");
        INDArray none = Nd4j.create(DataType.FLOAT, 0, 3, 6, 8);
        assertRefused(() -> patches.patchify(none), "at least one");
    }
}
