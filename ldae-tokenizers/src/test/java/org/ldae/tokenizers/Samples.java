package org.ldae.tokenizers;

import java.io.File;
import java.net.URISyntaxException;
import java.net.URL;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.ldae.core.ImageShape;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Images for tests: golden files, and random ones whose patches have a spectrum that falls like that of photographs. */
public final class Samples {

    private Samples() {}

    public static INDArray golden(String name) {
        URL file = Objects.requireNonNull(Samples.class.getResource("/golden/tokenizers/" + name + ".npy"), name);
        try {
            return Nd4j.createFromNpyFile(new File(file.toURI()));
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    /** Random walks along both axes with some white noise, {@code [N, C, H, W]}. */
    public static INDArray walks(int count, ImageShape shape) {
        float[] pixels = new float[count * shape.size()];
        Rng.of(11).stream("walks").normals(pixels, 0, pixels.length);
        int width = shape.width();
        for (int i = 0; i < pixels.length; i++) {
            int column = i % width;
            int row = i / width % shape.height();
            float left = column > 0 ? pixels[i - 1] : 0;
            float above = row > 0 ? pixels[i - width] : 0;
            pixels[i] = 0.1f + 0.45f * left + 0.45f * above + 0.1f * pixels[i];
        }
        return Nd4j.create(pixels, new long[] {count, shape.channels(), shape.height(), shape.width()}, 'c');
    }

    public static INDArray tensor(Map<String, INDArray> tensors, String name) {
        return Objects.requireNonNull(tensors.get(name), name);
    }

    public static ImageSource source(INDArray images) {
        return ImageSource.of(images, new int[0], List.of());
    }
}
