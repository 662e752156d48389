package org.ldae.tokenizers.linear;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.ldae.core.ImageShape;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;

class PatchPCAStreamingTest {

    @Test
    void readsAFewImagesForTheCentreAndThenEachOnceInOrder() {
        Generated images = new Generated(9000);
        PatchPCA.fit(images, PatchPCA.patch(4).components(2));
        int few = images.reads.size() - 9000;
        assertTrue(few <= 8, few + " for the centre");
        assertEquals(IntStream.range(0, 9000).boxed().toList(), images.reads.subList(few, images.reads.size()));
    }

    @Test
    void theBlockHeldInMemoryDoesNotGrowWithTheSet() {
        List<Long> few = blocks(40_000);
        List<Long> many = blocks(80_000);
        assertTrue(few.size() > 1, "more than one block");
        assertEquals(few.get(0), many.get(0));
        for (int i = 1; i < many.size(); i++) {
            assertTrue(many.get(i) - many.get(i - 1) <= many.get(0));
        }
    }

    private static List<Long> blocks(int size) {
        List<Long> done = new ArrayList<>();
        Progress progress = event -> done.add(event.done());
        PatchPCA.fit(new Generated(size), PatchPCA.patch(4).components(2), Rng.of(0), progress);
        assertEquals(size, done.get(done.size() - 1));
        return done;
    }

    /** Noise that is made when it is read. */
    private static final class Generated implements ImageSource {

        private final int size;
        private final List<Integer> reads = new ArrayList<>();

        Generated(int size) {
            this.size = size;
        }

        @Override
        public ImageShape shape() {
            return new ImageShape(1, 8, 8);
        }

        @Override
        public int size() {
            return size;
        }

        @Override
        public List<String> classNames() {
            return List.of();
        }

        @Override
        public int label(int index) {
            throw new IllegalStateException("no labels");
        }

        @Override
        public void read(int index, float[] destination, int offset) {
            reads.add(index);
            Rng.of(1).at(index).normals(destination, offset, offset + 64);
        }

        @Override
        public String hash() {
            return "generated";
        }
    }
}
