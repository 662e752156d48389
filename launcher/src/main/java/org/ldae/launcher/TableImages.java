package org.ldae.launcher;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.ldae.core.ImageShape;
import org.ldae.data.ImageSource;

/** Someone's features as images of one pixel and F channels, so that everything that measures encoders measures them. */
final class TableImages implements ImageSource {

    private final FeatureTable.Numbers features;
    private final int[] labels;
    private final List<String> classes;

    TableImages(FeatureTable.Numbers features, FeatureTable.Numbers labels, int classes) {
        if (labels.columns() != 1 || labels.rows() != features.rows()) {
            throw new IllegalArgumentException("labels: expected one for each of %d rows of features, got %d of %d"
                    .formatted(features.rows(), labels.rows(), labels.columns()));
        }
        this.features = features;
        this.labels = labels.numbers().stream().mapToInt(TableImages::label).toArray();
        this.classes = IntStream.range(0, classes).mapToObj(String::valueOf).toList();
        int largest = Arrays.stream(this.labels).max().orElseThrow();
        if (largest >= classes) {
            throw new IllegalArgumentException(
                    "labels: expected at most %d as in the training labels, got %d".formatted(classes - 1, largest));
        }
    }

    static int label(double number) {
        if (number != Math.rint(number) || number < 0 || number > 1e6) {
            throw new IllegalArgumentException("labels: expected whole numbers from 0, got " + number);
        }
        return (int) number;
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
            destination[offset + i] =
                    features.numbers().get(index * features.columns() + i).floatValue();
        }
    }

    @Override
    public String hash() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (double number : features.numbers()) {
                digest.update(String.format(Locale.ROOT, "%s,", number).getBytes(StandardCharsets.US_ASCII));
            }
            digest.update(Arrays.toString(labels).getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
