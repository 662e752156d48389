package org.ldae.examples;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ldae.data.ImageSource;
import org.ldae.figures.Figures;
import org.ldae.figures.GridOptions;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Pictures beside those whose embeddings are nearest to theirs. */
final class NeighbourGrid {

    private NeighbourGrid() {}

    /** A row for each of the first queries; with labels, frames say which neighbours are of its class. */
    static BufferedImage draw(ImageSource queries, ImageSource others, int[][] nearest) {
        List<INDArray> neighbours = new ArrayList<>();
        boolean[][] right = new boolean[nearest.length][];
        boolean labelled = !queries.classNames().isEmpty();
        for (int q = 0; q < nearest.length; q++) {
            neighbours.add(others.images(nearest[q]));
            right[q] = new boolean[nearest[q].length];
            for (int i = 0; labelled && i < right[q].length; i++) {
                right[q][i] = queries.label(q) == others.label(nearest[q][i]);
            }
        }
        int[] first = new int[nearest.length];
        Arrays.setAll(first, q -> q);
        if (labelled) {
            return Figures.neighbours(queries.images(first), neighbours, right);
        }
        List<INDArray> rows = new ArrayList<>();
        for (int q = 0; q < nearest.length; q++) {
            rows.add(Nd4j.concat(0, queries.images(q), neighbours.get(q)));
        }
        List<String> captions = new ArrayList<>(List.of("picture"));
        for (int i = 1; i <= nearest[0].length; i++) {
            captions.add(i == 1 ? "nearest" : Integer.toString(i));
        }
        return Figures.grid(rows, GridOptions.plain().withColumns(captions));
    }

    /** How many of the nearest neighbours are of the query's class, in [0, 1]. */
    static double share(ImageSource queries, ImageSource others, int[][] nearest) {
        double right = 0;
        for (int q = 0; q < nearest.length; q++) {
            right += queries.label(q) == others.label(nearest[q][0]) ? 1 : 0;
        }
        return right / nearest.length;
    }
}
