package org.ldae.examples;

import io.github.jbellis.jvector.graph.GraphIndexBuilder;
import io.github.jbellis.jvector.graph.GraphSearcher;
import io.github.jbellis.jvector.graph.ListRandomAccessVectorValues;
import io.github.jbellis.jvector.graph.OnHeapGraphIndex;
import io.github.jbellis.jvector.graph.SearchResult;
import io.github.jbellis.jvector.graph.similarity.BuildScoreProvider;
import io.github.jbellis.jvector.util.Bits;
import io.github.jbellis.jvector.vector.VectorSimilarityFunction;
import io.github.jbellis.jvector.vector.VectorizationProvider;
import io.github.jbellis.jvector.vector.types.VectorFloat;
import io.github.jbellis.jvector.vector.types.VectorTypeSupport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Nearest neighbours by a graph of jvector, which asks a few hundred of a million embeddings for each answer. */
final class PictureIndex {

    private static final VectorTypeSupport VECTORS =
            VectorizationProvider.getInstance().getVectorTypeSupport();
    private static final VectorSimilarityFunction DISTANCE = VectorSimilarityFunction.EUCLIDEAN;
    private static final int DEGREE = 16;
    private static final int BEAM = 100;

    /** jvector's usual room for edges while a graph grows, and how far apart they shall point. */
    private static final float OVERFLOW = 1.2f;

    private final ListRandomAccessVectorValues rows;
    private final OnHeapGraphIndex graph;

    private PictureIndex(ListRandomAccessVectorValues rows, OnHeapGraphIndex graph) {
        this.rows = rows;
        this.graph = graph;
    }

    /** A picture and how far it is from what was asked for. */
    record Neighbour(int picture, double distance) {}

    /** Two pictures that are nearly the same. */
    record Pair(int first, int second, double distance) {}

    /** Indexes embeddings {@code [N, M]}. */
    static PictureIndex of(INDArray embeddings) throws IOException {
        List<VectorFloat<?>> vectors = new ArrayList<>();
        for (float[] row : embeddings.toFloatMatrix()) {
            vectors.add(VECTORS.createFloatVector(row));
        }
        int width = (int) embeddings.size(1);
        ListRandomAccessVectorValues rows = new ListRandomAccessVectorValues(vectors, width);
        BuildScoreProvider scores = BuildScoreProvider.randomAccessScoreProvider(rows, DISTANCE);
        try (GraphIndexBuilder builder = new GraphIndexBuilder(scores, width, DEGREE, BEAM, OVERFLOW, OVERFLOW)) {
            return new PictureIndex(rows, builder.build(rows));
        }
    }

    /** The nearest k of an embedding, the nearest first. */
    List<Neighbour> nearest(float[] embedding, int k) {
        return nearest(VECTORS.createFloatVector(embedding), k);
    }

    private List<Neighbour> nearest(VectorFloat<?> query, int k) {
        SearchResult found =
                GraphSearcher.search(query, Math.max(k, BEAM), rows, DISTANCE, graph, new Bits.MatchAllBits());
        return Arrays.stream(found.getNodes())
                .map(node ->
                        new Neighbour(node.node, Math.sqrt(Math.max(0, 1 / node.score - 1)))) // score 1 / (1 + d^2)
                .sorted(Comparator.comparingDouble(Neighbour::distance).thenComparingInt(Neighbour::picture))
                .limit(k)
                .toList();
    }

    /** The nearest k of each picture, itself left out. */
    List<List<Neighbour>> neighbours(int k) {
        return IntStream.range(0, rows.size())
                .parallel()
                .mapToObj(i -> nearest(rows.getVector(i), k + 1).stream()
                        .filter(neighbour -> neighbour.picture() != i)
                        .limit(k)
                        .toList())
                .toList();
    }

    /** Pairs that are nearer than a share of the median distance of a picture to its nearest neighbour, the nearest first. */
    static List<Pair> duplicates(List<List<Neighbour>> neighbours, double share) {
        double[] nearest = neighbours.stream()
                .mapToDouble(list -> list.get(0).distance())
                .sorted()
                .toArray();
        double least = share * nearest[nearest.length / 2];
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < neighbours.size(); i++) {
            for (Neighbour other : neighbours.get(i)) {
                Neighbour back = new Neighbour(i, other.distance());
                boolean again =
                        other.picture() < i && neighbours.get(other.picture()).contains(back);
                if (other.distance() <= least && !again) {
                    pairs.add(new Pair(Math.min(i, other.picture()), Math.max(i, other.picture()), other.distance()));
                }
            }
        }
        return pairs.stream()
                .sorted(Comparator.comparingDouble(Pair::distance).thenComparingInt(Pair::first))
                .toList();
    }

    /** Pictures by their average distance to their neighbours, the farthest first (Angiulli and Pizzuti 2002). */
    static List<Neighbour> outliers(List<List<Neighbour>> neighbours) {
        return IntStream.range(0, neighbours.size())
                .mapToObj(i -> new Neighbour(
                        i,
                        neighbours.get(i).stream()
                                .mapToDouble(Neighbour::distance)
                                .average()
                                .orElseThrow()))
                .sorted(Comparator.comparingDouble(one -> -one.distance()))
                .toList();
    }
}
