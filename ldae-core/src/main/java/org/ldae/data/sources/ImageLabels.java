package org.ldae.data.sources;

import java.util.List;
import org.ldae.data.ImageSource;

/** One class an image, or none at all, and the classes' names. */
public final class ImageLabels {

    private final int[] values;
    private final List<String> names;

    private ImageLabels(int[] values, List<String> names) {
        this.values = values;
        this.names = names;
    }

    public static ImageLabels of(int[] values, List<String> names) {
        if ((values.length == 0) != names.isEmpty()) {
            throw new IllegalArgumentException(
                    "classNames: expected names exactly when there are labels, got %d names and %d labels"
                            .formatted(names.size(), values.length));
        }
        for (int i = 0; i < values.length; i++) {
            if (values[i] < 0 || values[i] >= names.size()) {
                throw new IllegalArgumentException("labels: expected classes in [0, %d), got %d for image %d"
                        .formatted(names.size(), values[i], i));
            }
        }
        return new ImageLabels(values.clone(), List.copyOf(names));
    }

    public static ImageLabels of(ImageSource source) {
        return source.classNames().isEmpty() ? of(new int[0], List.of()) : of(source.labels(), source.classNames());
    }

    void requireOneFor(int images) {
        if (!names.isEmpty() && values.length != images) {
            throw new IllegalArgumentException(
                    "labels: expected one an image, so %d, got %d".formatted(images, values.length));
        }
    }

    List<String> names() {
        return names;
    }

    int get(int index) {
        if (names.isEmpty()) {
            throw new IllegalStateException("labels: these images carry none; give them to ImageSource.of");
        }
        return values[index];
    }
}
