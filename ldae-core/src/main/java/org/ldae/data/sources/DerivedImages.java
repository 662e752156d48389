package org.ldae.data.sources;

import org.ldae.core.ImageShape;
import org.ldae.data.ImageSource;

/** Images made of another source's: as many, and labelled and called as those are. */
abstract class DerivedImages extends LabelledImages {

    final ImageSource source;

    DerivedImages(ImageSource source, ImageShape shape) {
        super(shape, source.size(), ImageLabels.of(source));
        this.source = source;
    }

    @Override
    public final String name(int index) {
        return source.name(index);
    }
}
