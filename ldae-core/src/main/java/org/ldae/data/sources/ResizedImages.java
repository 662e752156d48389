package org.ldae.data.sources;

import java.util.Arrays;
import org.ldae.core.ImageShape;
import org.ldae.data.ImageSource;
import org.ldae.data.decoding.EightBit;
import org.ldae.data.decoding.Planes;
import org.ldae.data.decoding.Resampling;

/** Another source's images rounded to 256 levels, resized and cut to a centred square. */
public final class ResizedImages extends DerivedImages {

    public ResizedImages(ImageSource source, int side) {
        super(source, new ImageShape(source.shape().channels(), side, side));
    }

    @Override
    public void read(int index, float[] destination, int offset) {
        ImageShape from = source.shape();
        float[] pixels = new float[from.size()];
        source.read(index, pixels, 0);
        byte[] levels = EightBit.toBytes(pixels, 0, pixels.length);
        int plane = from.height() * from.width();
        byte[][] planes = new byte[from.channels()][];
        for (int c = 0; c < planes.length; c++) {
            planes[c] = Arrays.copyOfRange(levels, c * plane, (c + 1) * plane);
        }
        int start = offset;
        Planes whole = new Planes(from.height(), from.width(), planes);
        for (byte[] small : Resampling.centredSquare(whole, shape().height()).values) {
            EightBit.toFloats(small, destination, start);
            start += small.length;
        }
    }
}
