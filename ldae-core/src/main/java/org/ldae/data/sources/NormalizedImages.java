package org.ldae.data.sources;

import org.ldae.data.ImageSource;
import org.ldae.data.Normalization;

/** Another source's images, each channel less its mean and divided by its deviation. */
public final class NormalizedImages extends DerivedImages {

    private final Normalization normalization;

    public NormalizedImages(ImageSource source, Normalization normalization) {
        super(source, source.shape());
        if (normalization.means().size() != source.shape().channels()) {
            throw new IllegalArgumentException("normalization: expected one mean a channel of images %s, got %s"
                    .formatted(source.shape(), normalization.means()));
        }
        this.normalization = normalization;
    }

    @Override
    public void read(int index, float[] destination, int offset) {
        source.read(index, destination, offset);
        int plane = shape().height() * shape().width();
        for (int c = 0; c < shape().channels(); c++) {
            float mean = normalization.means().get(c).floatValue();
            float scale = (float) (1 / normalization.deviations().get(c));
            for (int i = offset + c * plane; i < offset + (c + 1) * plane; i++) {
                destination[i] = (destination[i] - mean) * scale;
            }
        }
    }

    /** Kept before they are normalised: there are 256 levels between -1 and 1 only. */
    @Override
    public ImageSource cached() {
        return new NormalizedImages(source.cached(), normalization);
    }
}
