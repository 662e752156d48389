package org.ldae.baselines;

import org.ldae.core.Rng;
import org.ldae.training.Share;
import org.ldae.training.TrainingLoop;

/** One thread's share of a masked autoencoder's batches. */
final class MaskedShare implements TrainingLoop.Part {

    private final MaskedLoss loss;
    private final BatchReader reader;
    private final Share share;
    private final float[] image;
    private final float[] pixels;
    private final int[] kept;

    MaskedShare(MaskedLoss loss, BatchReader reader, Share share) {
        int size = loss.sight().grid().image().size();
        this.loss = loss;
        this.reader = reader;
        this.share = share;
        this.image = new float[size];
        this.pixels = new float[share.size() * size];
        this.kept = new int[share.size() * loss.sight().visible()];
    }

    @Override
    public double step(int number, Rng step, int[] batch) {
        reader.start(step, batch);
        double sum = 0;
        for (int from = share.first(); from < share.last(); from += share.size()) {
            int count = Math.min(share.size(), share.last() - from);
            for (int i = 0; i < share.size(); i++) {
                // Padding repeats the pass's last image and counts for nothing.
                int position = from + Math.min(i, count - 1);
                reader.read(position, image);
                reader.cut(image, pixels, i);
                keep(step.stream("mask").at(position), i);
            }
            sum += loss.step(pixels, kept, new MaskedLoss.Present(count, batch.length));
        }
        return sum;
    }

    /** The first tokens of a random order are seen. */
    private void keep(Rng rng, int slot) {
        int visible = loss.sight().visible();
        int[] order = rng.permutation(loss.sight().grid().tokens());
        System.arraycopy(order, 0, kept, slot * visible, visible);
    }
}
