package org.ldae.baselines;

import org.ldae.core.Rng;
import org.ldae.inference.Patches;
import org.ldae.training.ImagePass;
import org.ldae.training.Step;

/** Cuts images into patches and draws which of them are seen. */
final class MaskedImages implements ImagePass {

    private final MaskedLoss loss;
    private final Patches patches;
    private final float[] pixels;
    private final int[] kept;

    MaskedImages(MaskedLoss loss) {
        this.loss = loss;
        this.patches = Patches.of(loss.grid());
        this.pixels = new float[loss.images() * loss.grid().image().size()];
        this.kept = new int[loss.images() * loss.visible()];
    }

    @Override
    public void take(int slot, float[] image, int position, Step step) {
        patches.gather(image, 0, pixels, slot * image.length);
        keep(step.rng().stream("mask").at(position), slot);
    }

    /** The first tokens of a random order are seen. */
    private void keep(Rng rng, int slot) {
        int visible = loss.visible();
        int[] order = rng.permutation(loss.grid().tokens());
        System.arraycopy(order, 0, kept, slot * visible, visible);
    }

    @Override
    public double run(int first, int count, Step step) {
        return loss.step(pixels, kept, new MaskedLoss.Present(count, step.size()), step.learns());
    }
}
