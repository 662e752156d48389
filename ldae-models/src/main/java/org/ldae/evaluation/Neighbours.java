package org.ldae.evaluation;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.ldae.compute.Workers;
import org.ldae.core.HostFloats;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Cosines between all of some images' features and others', {@code [N, N]}, and what follows from them. */
final class Neighbours {

    private final float[][] cosines;

    private Neighbours(float[][] cosines) {
        this.cosines = cosines;
    }

    /** Between rows of {@code [N, F]} and rows of {@code [M, F]}, for up to a few thousand of each. */
    static Neighbours of(INDArray queries, INDArray others) {
        return Workers.withSingleThreadedBlas(() -> between(queries, others));
    }

    private static Neighbours between(INDArray queries, INDArray others) {
        try (INDArray a = unit(queries);
                INDArray b = unit(others);
                INDArray product = a.mmul(b.transpose());
                INDArray rows = product.dup('c')) {
            HostFloats numbers = HostFloats.of(rows);
            float[][] cosines = new float[(int) a.size(0)][(int) b.size(0)];
            for (int i = 0; i < cosines.length; i++) {
                numbers.get((long) i * cosines[i].length, cosines[i], 0, cosines[i].length);
            }
            return new Neighbours(cosines);
        }
    }

    private static INDArray unit(INDArray features) {
        try (INDArray norms = features.norm2(true, 1)) {
            return features.divColumnVector(norms.addi(1e-12));
        }
    }

    /** Mean of the cosines between different images. */
    double meanCosine() {
        double sum = 0;
        for (int i = 0; i < cosines.length; i++) {
            for (int j = 0; j < cosines.length; j++) {
                sum += i == j ? 0 : cosines[i][j];
            }
        }
        return sum / ((double) cosines.length * (cosines.length - 1));
    }

    /** The k most alike others of a query, the nearest first, without that of its own number. */
    int[] nearest(int query, int k) {
        float[] row = cosines[query];
        int[] nearest = new int[Math.min(k, row.length - 1)];
        int kept = 0;
        for (int j = 0; j < row.length; j++) {
            boolean far = kept == nearest.length && row[j] <= row[nearest[kept - 1]];
            if (j == query || far) {
                continue;
            }
            int place = kept < nearest.length ? kept++ : kept - 1;
            while (place > 0 && row[nearest[place - 1]] < row[j]) {
                nearest[place] = nearest[place - 1];
                place--;
            }
            nearest[place] = j;
        }
        return nearest;
    }

    /** Share of each query's k nearest, itself left out, that are nearest by the others' cosines too. */
    double agreement(Neighbours others, int k) {
        double sum = 0;
        for (int i = 0; i < cosines.length; i++) {
            Set<Integer> mine = new HashSet<>();
            int[] nearest = nearest(i, k);
            Arrays.stream(nearest).forEach(mine::add);
            long shared =
                    Arrays.stream(others.nearest(i, k)).filter(mine::contains).count();
            sum += (double) shared / nearest.length;
        }
        return sum / cosines.length;
    }
}
