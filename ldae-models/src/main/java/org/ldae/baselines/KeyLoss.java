package org.ldae.baselines;

/**
 * MoCo v3's loss (Chen et al. 2021): among the keys of all images' other views, the one of the same image is to be nearest to a
 * query; both ways, scaled by twice the temperature. Keys have no gradient.
 */
final class KeyLoss extends BatchLoss {

    private final int rows;
    private final double temperature;
    private final UnitVectors queries;
    private final UnitVectors keys;
    private final Odds odds;

    KeyLoss(int images, int width, double temperature) {
        super(4 * images * width, 2 * images * width);
        this.rows = 2 * images;
        this.temperature = temperature;
        this.queries = new UnitVectors(rows, width);
        this.keys = new UnitVectors(rows, width);
        this.odds = new Odds(queries, keys, temperature, 2, rows);
    }

    /** Of queries, then keys. */
    @Override
    double differentiate(float[] numbers, float[] gradients) {
        queries.read(numbers, 0);
        keys.read(numbers, gradients.length);
        double value = 0;
        int images = rows / 2;
        for (int i = 0; i < rows; i++) {
            value += 2 * temperature * odds.loss(i) / images;
            for (int j = odds.first(i); j < rows; j += 2) {
                queries.add(i, 2 * odds.slope(i, j) / images, keys, j);
            }
        }
        queries.write(gradients);
        return value;
    }

    @Override
    double spread() {
        return keys.spread();
    }
}
