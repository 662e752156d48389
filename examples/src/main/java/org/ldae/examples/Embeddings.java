package org.ldae.examples;

import java.io.IOException;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.ldae.core.AtomicFile;
import org.ldae.core.Csv;
import org.ldae.data.Dataset;
import org.ldae.data.ImageSource;
import org.ldae.tokenizers.linear.PatchPCA;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * What an encoder makes of pictures, as files and as geometry.
 *
 * @param rows {@code [N, M]}: the training pictures, then the test pictures
 */
record Embeddings(INDArray rows) {

    static Embeddings of(INDArray train, INDArray test) {
        return new Embeddings(Nd4j.vstack(train, test));
    }

    /** NumPy's format, float32, for {@code numpy.load}. */
    void writeNpy(Path file) throws IOException {
        AtomicFile.write(file, Nd4j.toNpyByteArray(rows));
    }

    /** A line a picture: its file, where it was used, its class and its numbers. */
    void writeCsv(Dataset data, Path file) throws IOException {
        AtomicFile.write(file, channel -> {
            Writer out = Channels.newWriter(channel, StandardCharsets.UTF_8);
            List<Object> header = new ArrayList<>(List.of("file", "split", "class"));
            IntStream.range(0, rows.columns()).forEach(m -> header.add("e" + m));
            out.write(Csv.row(header) + "\n");
            write(data.train(), "train", 0, out);
            write(data.test(), "test", data.train().size(), out);
            out.flush();
        });
    }

    private void write(ImageSource images, String split, int first, Writer out) throws IOException {
        for (int i = 0; i < images.size(); i++) {
            String label =
                    images.classNames().isEmpty() ? "" : images.classNames().get(images.label(i));
            List<Object> row = new ArrayList<>(List.of(images.name(i), split, label));
            for (float number : rows.getRow(first + i).toFloatVector()) {
                row.add(number);
            }
            out.write(Csv.row(row) + "\n");
        }
    }

    /** For each of the first queries the indices of the most alike of the others by cosine, the nearest first. */
    static int[][] nearest(INDArray queries, INDArray others, int count, int k) {
        INDArray unit = unitRows(others).transpose();
        int[][] nearest = new int[count][];
        for (int q = 0; q < count; q++) {
            float[] similar = unitRows(queries.getRow(q, true)).mmul(unit).toFloatMatrix()[0];
            nearest[q] = IntStream.range(0, similar.length)
                    .boxed()
                    .sorted(Comparator.comparingDouble(i -> -similar[i]))
                    .limit(k)
                    .mapToInt(i -> i)
                    .toArray();
        }
        return nearest;
    }

    private static INDArray unitRows(INDArray rows) {
        return rows.divColumnVector(rows.norm2(true, 1).addi(1e-12));
    }

    /**
     * The last rows along the first two principal components of all, {@code [count, 2]}. PatchPCA does it: an embedding is
     * a picture of one pixel with M channels.
     */
    INDArray plane(int count) {
        long n = rows.size(0);
        INDArray pixels = rows.reshape('c', n, rows.size(1), 1, 1);
        PatchPCA pca = PatchPCA.fit(
                ImageSource.of(pixels, new int[0], List.of()), PatchPCA.patch(1).components(2));
        return pca.encode(pixels)
                .reshape('c', n, 2)
                .get(NDArrayIndex.interval(n - count, n))
                .dup('c');
    }
}
