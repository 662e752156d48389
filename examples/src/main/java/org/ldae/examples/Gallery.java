package org.ldae.examples;

import java.awt.image.BufferedImage;
import org.ldae.core.ImageShape;
import org.ldae.data.Dataset;
import org.ldae.data.ImageSource;

/**
 * The pictures of a set in one row: the training pictures, then the test pictures.
 *
 * @param data with at least one picture
 */
record Gallery(Dataset data) {

    /** How many there are. */
    int size() {
        return data.train().size() + data.test().size();
    }

    private ImageSource part(int picture) {
        return picture < data.train().size() ? data.train() : data.test();
    }

    private int index(int picture) {
        int train = data.train().size();
        return picture < train ? picture : picture - train;
    }

    /** Its file, or its number in its part of a set without files; and its class. */
    String name(int picture) {
        ImageSource part = part(picture);
        int index = index(picture);
        String file = part.name(index);
        boolean numbered = file.equals(Integer.toString(index));
        String name = numbered ? (picture < data.train().size() ? "training " : "test ") + index : file;
        return part.classNames().isEmpty()
                ? name
                : "%s, %s".formatted(name, part.classNames().get(part.label(index)));
    }

    /** As it looks to an encoder; of more than three channels the first three. */
    BufferedImage picture(int picture) {
        float[] pixels = new float[data.train().shape().size()];
        part(picture).read(index(picture), pixels, 0);
        return drawn(pixels, data.train().shape());
    }

    /** Pixels {@code [C, H, W]} in [-1, 1] as a picture. */
    static BufferedImage drawn(float[] pixels, ImageShape shape) {
        int area = shape.height() * shape.width();
        BufferedImage drawn = new BufferedImage(shape.width(), shape.height(), BufferedImage.TYPE_INT_RGB);
        for (int p = 0; p < area; p++) {
            int colour = 0;
            for (int channel = 0; channel < 3; channel++) {
                float value = pixels[p + area * (shape.channels() < 3 ? 0 : channel)];
                colour = colour << 8 | Math.round((Math.max(-1, Math.min(1, value)) + 1) * 127.5f);
            }
            drawn.setRGB(p % shape.width(), p / shape.width(), colour);
        }
        return drawn;
    }
}
