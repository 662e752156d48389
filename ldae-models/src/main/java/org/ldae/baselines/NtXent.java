package org.ldae.baselines;

/**
 * NT-Xent (Chen et al. 2020): among the 2N - 1 other views, the one of the same image is to be nearest.
 */
final class NtXent extends BatchLoss {

    private final int rows;
    private final double temperature;
    private final UnitVectors views;
    private final Odds odds;

    NtXent(int images, int width, double temperature) {
        super(2 * images * width, 2 * images * width);
        this.rows = 2 * images;
        this.temperature = temperature;
        this.views = new UnitVectors(rows, width);
        this.odds = new Odds(views, views, temperature, 1, rows);
    }

    @Override
    double differentiate(float[] embeddings, float[] gradients) {
        views.read(embeddings, 0);
        double value = 0;
        for (int i = 0; i < rows; i++) {
            value += odds.loss(i) / rows;
            for (int j = 0; j < rows; j++) {
                double slope = odds.slope(i, j) / (rows * temperature);
                views.add(i, slope, views, j);
                views.add(j, slope, views, i);
            }
        }
        views.write(gradients);
        return value;
    }

    @Override
    double spread() {
        return views.spread();
    }
}
