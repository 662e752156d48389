package org.ldae.tokenizers;

import org.ldae.nn.Workspace;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A tokenizer that is written as a codec alone: arrays of any number of images go through it on all workers. */
public abstract class CodecTokenizer implements Tokenizer {

    /** For tokenizers. */
    protected CodecTokenizer() {}

    @Override
    public abstract Codec codec(Workspace work, int images);

    @Override
    public INDArray encode(INDArray images) {
        return new CodecRun(this).encode(images);
    }

    @Override
    public INDArray decode(INDArray latents) {
        return new CodecRun(this).decode(latents);
    }
}
