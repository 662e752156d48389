package org.ldae.study;

import org.ldae.core.TokenGrid;
import org.ldae.inference.Encoder;
import org.ldae.inference.Features;
import org.ldae.inference.PixelEncoder;

/** Pixels as they are. */
record RawPixels() implements Subject {

    @Override
    public String settings() {
        return SubjectJson.of("raw-pixels").toString();
    }

    @Override
    public void run(CellRun run) {
        Encoder pixels = new PixelEncoder(new TokenGrid(run.data().train().shape(), 1));
        run.probe(Metric.ALL_TOKENS, images -> pixels.represent(images, Features.tokens()));
    }
}
