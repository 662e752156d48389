package org.ldae.compute.cpu;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_FROM;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_TO;

import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.FloatPointer;
import org.ldae.compute.PatchCopy;
import org.ldae.compute.PatchShape;
import org.ldae.compute.Tensor;

/** Patches by oneDNN's reorder, a copy between strides that is compiled for them, past the heap. */
final class OneDnnPatchCopy implements PatchCopy {

    /** Numbers copied at a time unless a band has more, 128 KB: both sides of the copy fit a second-level cache. */
    private static final int PIECE = 1 << 15;

    /** Numbers fetched at a time, 16 KB. */
    private static final int FETCH = 1 << 12;

    private final PatchShape shape;
    private final int piece; // bands
    private final engine cpu = new engine(engine.kind.cpu, 0);
    private final stream queue = new stream(cpu);
    /** By the number of bands. */
    private final Map<Integer, Copy> cuts = new HashMap<>();

    private final Map<Integer, Copy> pastes = new HashMap<>();
    private final float[] fetched = new float[FETCH];

    OneDnnPatchCopy(PatchShape shape) {
        this.shape = shape;
        int images = PIECE / shape.imageSize();
        this.piece = images > 0 ? images * shape.bands() : Math.max(1, PIECE / shape.bandSize());
    }

    @Override
    public void cut(FloatBuffer images, int at, int first, int bands, Tensor patches) {
        FloatPointer pixels = new FloatPointer(images);
        for (int band = first, count; band < first + bands; band += count) {
            count = pieceAt(band, first + bands);
            fetch(images, at, band, count);
            Copy copy = cuts.computeIfAbsent(count, n -> new Copy(pixels(n), patches(n)));
            copy.run(pixels.position(shape.pixel(at, band, 0)), patches.at((band - first) * shape.columns(), 0));
        }
    }

    @Override
    public void paste(Tensor patches, FloatBuffer images, int at, int first, int bands) {
        FloatPointer pixels = new FloatPointer(images);
        for (int band = first, count; band < first + bands; band += count) {
            count = pieceAt(band, first + bands);
            Copy copy = pastes.computeIfAbsent(count, n -> new Copy(patches(n), pixels(n)));
            copy.run(patches.at((band - first) * shape.columns(), 0), pixels.position(shape.pixel(at, band, 0)));
        }
    }

    /** Bands of the next piece: of several whole images, or of one. */
    private int pieceAt(int band, int end) {
        int ofImage = shape.bands() - band % shape.bands();
        int most = piece < shape.bands() ? Math.min(piece, ofImage) : piece;
        return Math.min(most, end - band);
    }

    /**
     * Reads a piece front to back, which memory is fast at: the reorder, patch by patch and so in leaps, then finds it in the
     * cache, and both together take half as long as the reorder alone.
     */
    private void fetch(FloatBuffer images, int at, int band, int count) {
        if (count >= shape.bands()) {
            fetch(images, shape.pixel(at, band, 0), count / shape.bands() * shape.imageSize());
            return;
        }
        for (int c = 0; c < shape.channels(); c++) {
            fetch(images, shape.pixel(at, band, c), count * shape.plane());
        }
    }

    private void fetch(FloatBuffer images, int from, int count) {
        for (int i = 0; i < count; i += FETCH) {
            images.get(from + i, fetched, 0, Math.min(FETCH, count - i));
        }
    }

    /** The bands' pixels in memory: image, channel, band, row, patch, column. */
    private memory.desc pixels(int bands) {
        long width = shape.width();
        return described(bands, shape.imageSize(), shape.height() * width, shape.plane(), width, shape.patch(), 1);
    }

    /** The same pixels as rows of patches. */
    private memory.desc patches(int bands) {
        long side = shape.patch();
        long band = shape.bandSize();
        return described(bands, shape.bands() * band, side * side, band, side, shape.size(), 1);
    }

    private memory.desc described(int bands, long... strides) {
        int images = Math.max(1, bands / shape.bands());
        long[] sides = {images, shape.channels(), bands / images, shape.patch(), shape.columns(), shape.patch()};
        return new memory.desc(sides, memory.data_type.f32, strides);
    }

    /** One compiled copy and its operands. */
    private final class Copy {
        private final memory from;
        private final memory to;
        private final reorder primitive;
        private final IntMemoryMap operands = new IntMemoryMap();

        Copy(memory.desc source, memory.desc destination) {
            from = new memory(source, cpu, new FloatPointer());
            to = new memory(destination, cpu, new FloatPointer());
            try (source;
                    destination;
                    reorder.primitive_desc chosen = new reorder.primitive_desc(cpu, source, cpu, destination)) {
                primitive = new reorder(chosen);
            }
            operands.put(DNNL_ARG_FROM, from);
            operands.put(DNNL_ARG_TO, to);
        }

        void run(FloatPointer source, FloatPointer destination) {
            from.set_data_handle(address(source));
            to.set_data_handle(address(destination));
            primitive.execute(queue, operands);
        }

        /** A pointer at the element itself: where JavaCPP does not know the type, it takes a position for bytes. */
        private static FloatPointer address(FloatPointer element) {
            long position = element.position();
            return element.position(0).getPointer(position);
        }

        void close() {
            operands.close();
            primitive.close();
            from.close();
            to.close();
        }
    }

    @Override
    public void close() {
        cuts.values().forEach(Copy::close);
        pastes.values().forEach(Copy::close);
        queue.close();
        cpu.close();
    }
}
