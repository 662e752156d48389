package org.ldae.baselines;

/**
 * MoCo v3's loss (Chen et al. 2021): among the keys of all images' other views, the one of the same image is to be nearest to a
 * query; both ways, scaled by twice the temperature. Keys have no gradient.
 */
final class KeyLoss implements BatchLoss {

    private final int rows;
    private final int size;
    private final double temperature;
    private final float[] numbers;
    private final float[] gradients;
    private final UnitVectors queries;
    private final UnitVectors keys;
    private final Odds odds;
    private double value;

    KeyLoss(int images, int width, double temperature) {
        this.rows = 2 * images;
        this.size = rows * width;
        this.temperature = temperature;
        this.numbers = new float[2 * size];
        this.gradients = new float[size];
        this.queries = new UnitVectors(rows, width);
        this.keys = new UnitVectors(rows, width);
        this.odds = new Odds(queries, keys, temperature, 2, rows);
    }

    /** Queries, then keys. */
    @Override
    public float[] numbers() {
        return numbers;
    }

    @Override
    public void differentiate() {
        queries.read(numbers, 0);
        keys.read(numbers, size);
        value = 0;
        int images = rows / 2;
        for (int i = 0; i < rows; i++) {
            value += 2 * temperature * odds.loss(i) / images;
            for (int j = odds.first(i); j < rows; j += 2) {
                queries.add(i, 2 * odds.slope(i, j) / images, keys, j);
            }
        }
        queries.write(gradients);
    }

    @Override
    public double value() {
        return value;
    }

    @Override
    public float[] gradients() {
        return gradients;
    }

    @Override
    public double spread() {
        return keys.spread();
    }
}
