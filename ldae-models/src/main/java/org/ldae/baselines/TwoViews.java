package org.ldae.baselines;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.ldae.core.Rng;
import org.ldae.core.TokenGrid;
import org.ldae.data.Views;
import org.ldae.inference.Patches;
import org.ldae.training.ImagePass;
import org.ldae.training.Step;

/** Both views of some images: embedded in one phase, differentiated in the next. */
final class TwoViews implements ImagePass {

    private final Views views;
    private final TokenGrid grid;
    private final Patches cut;
    private final EmbeddingPass queries;
    private final @Nullable EmbeddingPass keys;
    private final BatchLoss loss;
    private final float[] patches;
    private final float[] view;
    private final float[] scratch;
    private final float[] embedded;

    TwoViews(Contrastive options, TokenGrid grid, EmbeddingPass queries, @Nullable EmbeddingPass keys, BatchLoss loss) {
        this.views = Objects.requireNonNull(options.views(), "views");
        this.grid = grid;
        this.cut = Patches.of(grid);
        this.queries = queries;
        this.keys = keys;
        this.loss = loss;
        this.patches = new float[queries.output().rows() * grid.image().size()];
        this.view = new float[grid.image().size()];
        this.scratch = new float[views.scratch(grid.image())];
        this.embedded = new float[queries.output().size()];
    }

    @Override
    public void take(int slot, float[] image, int position, Step step) {
        for (int i = 0; i < 2; i++) {
            System.arraycopy(image, 0, view, 0, view.length);
            Rng key = step.rng().stream("view").at(2L * position + i);
            views.apply(view, 0, grid.image(), key, scratch);
            cut.gather(view, 0, patches, (2 * slot + i) * view.length);
        }
    }

    @Override
    public double run(int first, int count, Step step) {
        int from = 2 * first * queries.output().columns();
        switch (step.phase()) {
            case ContrastiveTask.EMBED -> {
                embed(queries, from);
                if (keys != null) {
                    embed(keys, loss.gradients().length + from);
                }
                return 0;
            }
            case ContrastiveTask.LEARN -> {
                System.arraycopy(loss.gradients(), from, embedded, 0, embedded.length);
                queries.output().put(embedded);
                queries.backward(queries.output());
                return loss.value() * count / step.size();
            }
            default -> {
                return 0;
            }
        }
    }

    private void embed(EmbeddingPass pass, int from) {
        pass.forward(patches).get(embedded);
        System.arraycopy(embedded, 0, loss.numbers(), from, embedded.length);
    }
}
