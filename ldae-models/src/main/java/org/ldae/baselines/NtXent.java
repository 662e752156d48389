package org.ldae.baselines;

/**
 * NT-Xent (Chen et al. 2020): among the 2N - 1 other views, the one of the same image is to be nearest.
 */
final class NtXent implements BatchLoss {

    private final int rows;
    private final double temperature;
    private final float[] embeddings;
    private final float[] gradients;
    private final UnitVectors views;
    private final Odds odds;
    private double value;

    NtXent(int images, int width, double temperature) {
        this.rows = 2 * images;
        this.temperature = temperature;
        this.embeddings = new float[rows * width];
        this.gradients = new float[rows * width];
        this.views = new UnitVectors(rows, width);
        this.odds = new Odds(views, views, temperature, 1, rows);
    }

    @Override
    public float[] numbers() {
        return embeddings;
    }

    @Override
    public void differentiate() {
        views.read(embeddings, 0);
        value = 0;
        for (int i = 0; i < rows; i++) {
            value += odds.loss(i) / rows;
            for (int j = 0; j < rows; j++) {
                double slope = odds.slope(i, j) / (rows * temperature);
                views.add(i, slope, views, j);
                views.add(j, slope, views, i);
            }
        }
        views.write(gradients);
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
        return views.spread();
    }
}
