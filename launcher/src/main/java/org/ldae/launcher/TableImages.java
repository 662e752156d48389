package org.ldae.launcher;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.ldae.core.ImageShape;
import org.ldae.data.ImageSource;

/** Someone's features as images of one pixel and F channels, so that everything that measures encoders measures them. */
final class TableImages implements ImageSource {

    private final FeatureTable features;
    private final int[] labels;
    private final List<String> classes;

    TableImages(FeatureTable features, FeatureTable labels, int classes) {
        if (labels.rows() != features.rows()) {
            throw new IllegalArgumentException("labels: expected one for each of %d rows of features, got %d"
                    .formatted(features.rows(), labels.rows()));
        }
        this.features = features;
        this.labels = labels.labels();
        this.classes = IntStream.range(0, classes).mapToObj(String::valueOf).toList();
        int largest = Arrays.stream(this.labels).max().orElseThrow();
        if (largest >= classes) {
            throw new IllegalArgumentException(
                    "labels: expected at most %d as in the training labels, got %d".formatted(classes - 1, largest));
        }
    }

    @Override
    public ImageShape shape() {
        return new ImageShape(features.columns(), 1, 1);
    }

    @Override
    public int size() {
        return labels.length;
    }

    @Override
    public List<String> classNames() {
        return classes;
    }

    @Override
    public int label(int index) {
        return labels[index];
    }

    @Override
    public void read(int index, float[] destination, int offset) {
        for (int i = 0; i < features.columns(); i++) {
            destination[offset + i] = (float) features.at(index, i);
        }
    }

    @Override
    public String hash() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            ByteBuffer row = ByteBuffer.allocate((features.columns() + 1) * Double.BYTES);
            for (int i = 0; i < labels.length; i++) {
                row.clear().putDouble(labels[i]);
                for (int j = 0; j < features.columns(); j++) {
                    row.putDouble(features.at(i, j));
                }
                digest.update(row.flip());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
