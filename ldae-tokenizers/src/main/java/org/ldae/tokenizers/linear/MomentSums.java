package org.ldae.tokenizers.linear;

import java.nio.DoubleBuffer;
import java.util.Arrays;
import java.util.function.BiConsumer;
import java.util.function.LongConsumer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.openblas.global.openblas;
import org.ldae.compute.Backend;
import org.ldae.compute.Workers;
import org.ldae.core.NdArrays;
import org.ldae.inference.Items;
import org.ldae.inference.Patches;
import org.ldae.linalg.Lapack;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Sums of patches and of their products, {@code X^T X}, in double and around a centre near their mean, so that nothing cancels
 * when the true mean is taken off.
 *
 * <p>Every block is cut into a fixed number of parts with sums of their own, which the workers share and which are added in their
 * order: the numbers don't depend on how many threads there are.
 */
final class MomentSums implements AutoCloseable {

    /** Numbers in the products of all parts: 32 MB. */
    private static final int ROOM = 1 << 22;

    private static final int LEAST_PARTS = 2;
    private static final int MOST_PARTS = 8;

    /** Numbers a part takes from a block: about what the second-level cache holds, and long enough for products at full speed. */
    private static final int PART = 1 << 18;

    /** Most numbers of a block of several images: 64 MB. */
    private static final int BLOCK = 1 << 24;

    private final Workers workers = new Workers();
    private final Patches patches;
    private final int size;
    private final int tokens;
    private final int imageSize;
    private final float[] pixels;
    private final Part[] parts;
    private final Rows[] rows;
    private final double[] centre;
    private int firstImage;
    private int images;

    /** Room for blocks of so many images; the centre is taken off every patch. */
    MomentSums(Patches patches, int mostImages, double[] centre) {
        this.patches = patches;
        this.size = patches.grid().patchSize();
        this.tokens = patches.grid().tokens();
        this.imageSize = patches.grid().image().size();
        this.pixels = new float[Math.multiplyExact(mostImages, imageSize)];
        this.centre = centre;
        this.parts = new Part[parts(size)];
        Arrays.setAll(parts, index -> new Part(index, size));
        this.rows = new Rows[workers.count()];
        int share = (mostImages + parts.length - 1) / parts.length;
        Arrays.setAll(rows, worker -> new Rows(share));
    }

    /** How many images make a block that all parts get enough of; fewer, if they are very large. */
    static int blockImages(Patches patches) {
        int imageSize = patches.grid().image().size();
        int enough = parts(patches.grid().patchSize()) * ((PART + imageSize - 1) / imageSize);
        return Math.max(1, Math.min(enough, BLOCK / imageSize));
    }

    /** Sums that every block is cut into, of patches of so many numbers. */
    static int parts(int size) {
        long fitting = ROOM / ((long) size * size);
        return Integer.highestOneBit((int) Math.max(LEAST_PARTS, Math.min(MOST_PARTS, fitting)));
    }

    /** Reads the images of a range in their order, a block at a time, and sums their patches; tells each image that is done. */
    PatchRanges.Sums sum(Items.Reader source, PatchRanges.Range range, LongConsumer done) {
        for (Part part : parts) {
            Arrays.fill(part.sums, 0);
            part.products.assign(0);
        }
        for (int first = range.first(); first < range.end(); first += range.block()) {
            add(source, first, Math.min(range.block(), range.end() - first));
            done.accept(first + images);
        }
        return new PatchRanges.Sums((long) (range.end() - range.first()) * tokens, sums(), products());
    }

    private void add(Items.Reader source, int first, int howMany) {
        for (int i = 0; i < howMany; i++) {
            source.read(first + i, pixels, i * imageSize);
        }
        firstImage = first;
        images = howMany;
        eachPart((room, part) -> {
            room.fill(part);
            room.addProducts(part.products);
        });
    }

    private void eachPart(BiConsumer<Rows, Part> work) {
        workers.run(worker -> {
            for (int p = worker; p < parts.length; p += workers.count()) {
                work.accept(rows[worker], parts[p]);
            }
        });
    }

    /** Sum of the shifted patches {@code [D]}. */
    private double[] sums() {
        double[] sums = new double[size];
        for (Part part : parts) {
            for (int j = 0; j < size; j++) {
                sums[j] += part.sums[j];
            }
        }
        return sums;
    }

    /** Sum of the shifted patches' products {@code [D, D]}, exactly symmetric. */
    private double[] products() {
        double[] products = new double[size * size];
        double[] column = new double[size];
        for (Part part : parts) {
            DoublePointer columns =
                    new DoublePointer(part.products.data().addressPointer()); // NIO's ends at 2^31 bytes
            for (int j = 0; j < size; j++) {
                columns.position((long) j * size).get(column);
                for (int i = j; i < size; i++) {
                    products[j * size + i] += column[i];
                }
            }
        }
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < i; j++) {
                products[i * size + j] = products[j * size + i];
            }
        }
        return products;
    }

    @Override
    public void close() {
        workers.close();
        for (Part part : parts) {
            part.products.close();
        }
        for (Rows room : rows) {
            room.matrix.close();
        }
    }

    /** What one part of every block adds up to. */
    private static final class Part {
        private final int index;
        private final double[] sums;
        /** Column-major; only the diagonal and what is below it counts. */
        private final INDArray products;

        Part(int index, int size) {
            this.index = index;
            this.sums = new double[size];
            this.products = Nd4j.create(DataType.DOUBLE, new long[] {size, size}, 'f');
        }
    }

    /** Room for the shifted patches of a part; belongs to one worker. */
    private final class Rows {
        private final float[] cut = new float[imageSize];
        private final double[] shifted = new double[imageSize];
        private final INDArray matrix;
        private int filled;

        Rows(int mostImages) {
            matrix = Nd4j.createUninitialized(DataType.DOUBLE, new long[] {(long) mostImages * tokens, size}, 'c');
        }

        /** Cuts a part's images up and adds their patches to its sums. */
        void fill(Part part) {
            int from = images * part.index / parts.length;
            int to = images * (part.index + 1) / parts.length;
            DoubleBuffer destination = matrix.data().asNioDouble();
            for (int i = from; i < to; i++) {
                patches.gather(pixels, i * imageSize, cut, 0);
                shift(part.sums);
                requireFinite(part.sums, i);
                destination.put((i - from) * imageSize, shifted);
            }
            NdArrays.writtenOnHost(matrix);
            filled = (to - from) * tokens;
        }

        private void shift(double[] sums) {
            for (int from = 0; from < imageSize; from += size) {
                for (int j = 0; j < size; j++) {
                    double value = cut[from + j] - centre[j];
                    shifted[from + j] = value;
                    sums[j] += value;
                }
            }
        }

        void addProducts(INDArray products) {
            if (filled == 0) {
                return;
            }
            if (Backend.isNative() && Lapack.available()) {
                openblas.cblas_dsyrk(
                        openblas.CblasColMajor,
                        openblas.CblasLower,
                        openblas.CblasNoTrans,
                        size,
                        filled,
                        1,
                        (DoublePointer) matrix.data().addressPointer(),
                        size,
                        1,
                        (DoublePointer) products.data().addressPointer(),
                        size);
            } else {
                INDArray columns = matrix.get(NDArrayIndex.interval(0, filled), NDArrayIndex.all())
                        .transpose();
                Nd4j.gemm(columns, columns, products, false, true, 1, 1);
            }
        }

        /** A pixel that is not finite leaves its mark on a sum for good, and finite floats never do. */
        private void requireFinite(double[] sums, int image) {
            for (double sum : sums) {
                if (!Double.isFinite(sum)) {
                    throw new IllegalArgumentException(wrongPixel(image));
                }
            }
        }

        private String wrongPixel(int image) {
            int from = image * imageSize;
            int at = from;
            while (Float.isFinite(pixels[at])) {
                at++;
            }
            return PatchRanges.wrongPixel(pixels[at], at - from, firstImage + image);
        }
    }
}
