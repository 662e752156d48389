package org.ldae.compute.cpu;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_FROM;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_TO;

import java.nio.FloatBuffer;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.FloatPointer;
import org.ldae.compute.ImageKernels.PatchShape;
import org.ldae.compute.Tensor;

/** Patches by oneDNN's reorder, a copy between strides that is compiled for them, past the heap. */
final class OneDnnPatchCopy implements PatchCopy {

    /** Numbers copied at a time unless a row of patches has more, 128 KB: both sides of the copy fit a second-level cache. */
    private static final int PIECE = 1 << 15;

    /** Numbers fetched at a time, 16 KB. */
    private static final int FETCH = 1 << 12;

    /** Compiled copies that no thread is using: kernels come and go with the threads, and have no end to free them at. */
    private static final Map<Key, Queue<Reorder>> IDLE = new ConcurrentHashMap<>();

    private final float[] fetched = new float[FETCH];

    /** Some images, or some rows of the patches of one, with the strides of both matrices. */
    private record Key(PatchShape shape, int images, int bands, int imageStride, int patchStride, boolean cut) {}

    /** What is compiled keeps the number of threads of that time, and so is compiled on one too. */
    @Override
    public void copy(PatchShape shape, Tensor images, Tensor patches, boolean cut) {
        OpenMp thread = OpenMp.ofThread();
        thread.enter();
        try {
            copyAlone(shape, images, patches, cut);
        } finally {
            thread.leave();
        }
    }

    private void copyAlone(PatchShape shape, Tensor images, Tensor patches, boolean cut) {
        int together = Math.max(1, PIECE / shape.imageSize());
        int most = Math.max(1, Math.min(shape.rows(), PIECE / (shape.strip() * shape.channels())));
        for (int image = 0; image < images.rows(); image += together) {
            int count = Math.min(together, images.rows() - image);
            for (int band = 0; band < shape.rows(); band += most) {
                int bands = Math.min(most, shape.rows() - band);
                if (cut) {
                    fetch(shape, images, image, count, band, bands);
                }
                Key key = new Key(shape, count, bands, images.stride(), patches.stride(), cut);
                Queue<Reorder> idle = IDLE.computeIfAbsent(key, each -> new ConcurrentLinkedQueue<>());
                Reorder known = idle.poll();
                Reorder reorder = known == null ? new Reorder(key) : known;
                reorder.run(
                        images.at(image, band * shape.strip()),
                        patches.at((image * shape.rows() + band) * shape.columns(), 0));
                idle.add(reorder);
            }
        }
    }

    /**
     * Reads a piece front to back, which memory is fast at: the reorder, patch by patch and so in leaps, then finds it in the
     * cache, and both together take two thirds of the reorder alone.
     */
    private void fetch(PatchShape shape, Tensor images, int image, int count, int band, int bands) {
        FloatBuffer pixels = images.host();
        int size = bands * shape.strip();
        for (int i = image; i < image + count; i++) {
            for (int c = 0; c < shape.channels(); c++) {
                int at = images.index(i) + (c * shape.rows() + band) * shape.strip();
                for (int from = 0; from < size; from += FETCH) {
                    pixels.get(at + from, fetched, 0, Math.min(FETCH, size - from));
                }
            }
        }
    }

    /** One compiled copy and its operands, used by one thread at a time. */
    private static final class Reorder {
        private static final engine CPU = new engine(engine.kind.cpu, 0);

        private final stream queue = new stream(CPU);
        private final memory from;
        private final memory to;
        private final reorder primitive;
        private final IntMemoryMap operands = new IntMemoryMap();
        private final Address address = new Address();
        private final boolean cut;

        Reorder(Key key) {
            PatchShape shape = key.shape;
            long side = shape.side();
            long strip = shape.strip();
            long[] sides = {key.images, shape.channels(), key.bands, side, shape.columns(), side};
            long[] inImages = {key.imageStride, shape.rows() * strip, strip, side * shape.columns(), side, 1};
            long row = key.patchStride;
            long band = row * shape.columns();
            long[] inPatches = {band * shape.rows(), side * side, band, side, row, 1};
            cut = key.cut;
            try (memory.desc pixels = new memory.desc(sides, memory.data_type.f32, inImages);
                    memory.desc patches = new memory.desc(sides, memory.data_type.f32, inPatches)) {
                memory.desc source = cut ? pixels : patches;
                memory.desc destination = cut ? patches : pixels;
                from = new memory(source, CPU, new FloatPointer());
                to = new memory(destination, CPU, new FloatPointer());
                try (reorder.primitive_desc chosen = new reorder.primitive_desc(CPU, source, CPU, destination)) {
                    primitive = new reorder(chosen);
                }
            }
            operands.put(DNNL_ARG_FROM, from);
            operands.put(DNNL_ARG_TO, to);
        }

        void run(FloatPointer images, FloatPointer patches) {
            from.set_data_handle(address.at(cut ? images : patches));
            to.set_data_handle(address.at(cut ? patches : images));
            primitive.execute(queue, operands);
        }
    }
}
