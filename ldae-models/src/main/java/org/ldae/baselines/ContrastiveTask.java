package org.ldae.baselines;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.core.TokenGrid;
import org.ldae.data.ImageSource;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;
import org.ldae.training.ImageFeed;
import org.ldae.training.ImagePart;
import org.ldae.training.Learner;
import org.ldae.training.Phase;
import org.ldae.training.Share;
import org.ldae.training.Task;
import org.ldae.transformer.VisionTransformer;

/** {@link Contrastive} on training images: embed all views, gather them, differentiate the loss of the batch, go back. */
final class ContrastiveTask implements Task {

    /** The second phase: all views are embedded; before it, in the first, images are taken and the slow copy moves. */
    static final int EMBED = 1;

    /** The third phase. */
    static final int LEARN = 2;

    private final Contrastive options;
    private final ImageSource images;
    private final Rng rng;
    private final Parameters parameters;
    private final Momentum momentum;
    private final BatchLoss loss;
    private final List<Phase> phases;
    private int step;

    ContrastiveTask(Contrastive options, ImageSource images, Rng rng, Parameters parameters, Momentum momentum) {
        Contrastive.Method method = options.method();
        int batch = options.training().batchSize();
        int width = method.projector().outputs();
        this.options = options;
        this.images = images;
        this.rng = rng;
        this.parameters = parameters;
        this.momentum = momentum;
        this.loss = momentum.slow().isPresent()
                ? new KeyLoss(batch, width, method.temperature())
                : new NtXent(batch, width, method.temperature());
        this.phases = List.of(
                Phase.gathering(new float[0], this::follow),
                Phase.gathering(loss.numbers(), loss::differentiate),
                Phase.updating(0));
    }

    private void follow() {
        momentum.follow((double) step / options.training().totalSteps(images.size()));
    }

    Contrastive options() {
        return options;
    }

    BatchLoss loss() {
        return loss;
    }

    @Override
    public String name() {
        return "contrastive";
    }

    @Override
    public String settings() {
        return options + " " + images.hash();
    }

    @Override
    public ImageSource images() {
        return images;
    }

    @Override
    public List<Learner> learners() {
        boolean frozen = options.method().frozenEmbedding();
        Set<String> embedding = Set.of(VisionTransformer.EMBED + ".weight", VisionTransformer.EMBED + ".bias");
        return List.of(Learner.of("network", parameters).withRates(name -> frozen && embedding.contains(name) ? 0 : 1));
    }

    /** One pass a share: what it keeps of one phase is there in the next. */
    @Override
    public int imagesAtOnce() {
        return options.training().batchSize();
    }

    @Override
    public List<Phase> phases(int next) {
        step = next;
        return phases;
    }

    @Override
    public Map<String, Parameters> companions() {
        return momentum.slow().map(slow -> Map.of("momentum", slow)).orElse(Map.of());
    }

    @Override
    public Map<Progress.Quantity, Double> numbers() {
        return Map.of(Progress.Quantity.SPREAD, loss.spread());
    }

    @Override
    public Part part(Share share, List<Workspace> work) {
        TokenGrid grid = new TokenGrid(images.shape(), options.patch());
        int rows = 2 * share.size();
        EmbeddingPass queries = EmbeddingPass.learning(options, work.get(0), grid, rows);
        EmbeddingPass keys = momentum.slow()
                .map(slow -> EmbeddingPass.following(options, work.get(0).beside(slow), grid, rows))
                .orElse(null);
        TwoViews pass = new TwoViews(options, grid, queries, keys, loss);
        return ImagePart.of(share, new ImageFeed(images, options.training(), rng, share), pass);
    }
}
