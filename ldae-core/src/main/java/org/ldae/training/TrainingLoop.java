package org.ldae.training;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.ldae.checkpoint.Safetensors;
import org.ldae.checkpoint.SafetensorsBuilder;
import org.ldae.compute.Tensor;
import org.ldae.compute.Workers;
import org.ldae.core.Progress;
import org.ldae.core.Progress.Quantity;
import org.ldae.core.Rng;
import org.ldae.core.Stage;
import org.ldae.data.Batches;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;

/**
 * The steps of a {@link Task} as a {@link Training} says: batches by epoch, warm-up and half a cosine, clipped AdamW, the average
 * of the weights, checks by images held out and early stopping; can be interrupted, saved and resumed to the same bits.
 *
 * <p>The batch is split over the worker threads of all processes; what a step sees depends on the seed and the number of the step
 * alone.
 */
public final class TrainingLoop implements AutoCloseable {

    private final Task task;
    private final Training training;
    private final Rng rng;
    private final GradientExchange exchange;
    private final Batches batches;
    private final Workers workers;
    private final List<Task.Part> parts = new ArrayList<>();
    private final List<Network> networks = new ArrayList<>();
    private final Losses shares;
    private final LearningRate rate;
    private final Step step;
    private final RunState state;
    private final Workers.Task runPhase = this::runPhase;
    private final Workers.Task runCheck = this::runCheck;
    private @Nullable JsonObject identity;
    private List<Phase> phases = List.of();

    /**
     * A loop at step 0.
     *
     * @param task what is trained
     * @param training how
     * @param rng key of the run
     * @param exchange processes that train together
     */
    public TrainingLoop(Task task, Training training, Rng rng, GradientExchange exchange) {
        int images = task.images().size();
        int batch = training.batchSize();
        this.task = task;
        this.training = training;
        this.rng = rng;
        this.exchange = exchange;
        this.batches = ImageFeed.batches(images, training, rng);
        this.rate = training.schedule(images);
        this.state = new RunState(training.totalSteps(images), training.heldOut());
        this.step = new Step(task.images(), true, rng, new int[0]);
        this.workers = exchange.size() == 1 ? Workers.forImages(batch) : new Workers();
        List<Share> own;
        try {
            own = Share.own(batch, workers.count(), exchange, task.imagesAtOnce());
            build(own);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
        this.shares = new Losses(exchange, own.size());
    }

    private void build(List<Share> own) {
        for (Learner learner : task.learners()) {
            networks.add(new Network(learner, networks.isEmpty(), own.size(), training, workers, exchange));
        }
        for (Share share : own) {
            int worker = parts.size();
            parts.add(task.part(
                    share,
                    networks.stream()
                            .map(network -> network.workspaces().get(worker))
                            .toList()));
        }
    }

    /**
     * Trains from the start, or from a saved run, to the end, and leaves what it comes to in the learners' parameters: those of
     * the best check, or the average of the weights, or the last.
     *
     * @param task what is trained
     * @param training how
     * @param rng key of the run
     * @param session who listens, where it is saved, who takes part
     * @return the last step
     * @throws IllegalArgumentException if the file that was saved is not of this run or can't be read
     * @throws IllegalStateException if the loss stops being finite
     * @throws CancellationException if this thread is interrupted; the interrupt status stays set
     */
    public static int train(Task task, Training training, Rng rng, Session session) {
        try (TrainingLoop loop = new TrainingLoop(task, training, rng, session.exchange())) {
            loop.goOn(session.saving());
            loop.run(session.progress(), session.saving());
            loop.requireFinished(session.saving());
            loop.networks.forEach(
                    network -> loop.workers.kernels(0).copy(network.result(loop.bestStep() > 0), network.values()));
            return loop.state.steps();
        }
    }

    private void goOn(Saving saving) {
        Path file = saving.file().orElse(null);
        if (file != null && Files.exists(file)) {
            try (Safetensors saved = Safetensors.read(file)) {
                StateFile.requireSame(saved, identity());
                saved.interpret("the run's state", () -> {
                    restore(saved);
                    return this;
                });
            } catch (IOException e) {
                throw new IllegalArgumentException(e.getMessage(), e);
            }
        }
    }

    /** Found out once: a hash of the images may be among it. */
    private JsonObject identity() {
        if (identity == null) {
            identity = StateFile.run(task, training, rng.seed());
        }
        return identity;
    }

    private void requireFinished(Saving saving) {
        if (!finished()) {
            throw new CancellationException("%s: interrupted after %d of %d steps; %s"
                    .formatted(
                            task.name(),
                            state.steps(),
                            state.total(),
                            saving.file()
                                    .map(file -> "the same call goes on from " + file)
                                    .orElse("nothing is kept")));
        }
    }

    /**
     * Trains to the end, or until this thread is interrupted; then {@link #finished} tells which, and the interrupt status
     * stays set.
     *
     * @param progress told after every step
     * @param saving where and how often the run is written; a file that is there is replaced
     * @throws IllegalStateException if the loss stops being finite; the parameters are those before that step
     */
    public void run(Progress progress, Saving saving) {
        run(progress, saving, this::save);
    }

    /** Writes a run to a file. */
    @FunctionalInterface
    public interface Writer {
        /**
         * Writes what {@link #write(SafetensorsBuilder)} gives, and more.
         *
         * @param file to be replaced when it is complete
         * @throws IOException if it can't be written
         */
        void write(Path file) throws IOException;
    }

    /**
     * As {@link #run(Progress, Saving)}, for files of another form.
     *
     * @param progress told after every step
     * @param saving where and how often the run is written
     * @param writer writes it
     */
    public void run(Progress progress, Saving saving, Writer writer) {
        Stage stage = new Stage(task.name(), state.steps(), state.total(), progress);
        Saver saver = new Saver(task.name(), exchange.rank() == 0 ? saving : Saving.none(), progress, writer);
        while (!finished() && !Thread.currentThread().isInterrupted()) {
            step();
            stage.at(state.steps(), numbers(stage));
            saver.at(state.steps());
        }
        saver.end(state.steps());
    }

    private Map<Quantity, Double> numbers(Stage stage) {
        Map<Quantity, Double> numbers = new EnumMap<>(Quantity.class);
        int steps = state.steps();
        numbers.put(Quantity.EPOCH, (double) steps / batches.perEpoch());
        numbers.put(Quantity.LOSS, state.loss(steps));
        numbers.put(Quantity.RATE, rate.at(steps));
        if (state.bestStep() > 0) {
            numbers.put(Quantity.HELD_OUT_LOSS, state.bestLoss());
        }
        numbers.putAll(task.numbers());
        double pace = stage.pace();
        if (!Double.isNaN(pace)) {
            numbers.put(Quantity.IMAGES_PER_SECOND, pace * training.batchSize());
        }
        return numbers;
    }

    /**
     * One step of training, and the check that may follow it.
     *
     * @return the loss of its batch
     * @throws IllegalStateException if training is finished or the loss is not finite
     */
    public double step() {
        int steps = state.steps();
        if (finished()) {
            throw new IllegalStateException(
                    "training is finished: all steps are done, %d of %d".formatted(steps, state.total()));
        }
        long began = System.nanoTime();
        step.to(steps, ImageFeed.steps(rng).at(steps), batches.at(steps));
        phases = task.phases(steps);
        double sum = 0;
        for (int i = 0; i < phases.size(); i++) {
            Phase phase = phases.get(i);
            step.phase(i);
            Arrays.fill(phase.gathers(), 0);
            workers.run(runPhase);
            sum += shares.total();
            if (phase.gathers().length > 0) {
                exchange.sum(phase.gathers());
            }
            phase.then().run();
            if (phase.updates() != Phase.NONE) {
                update(phase.updates(), sum);
                sum = 0;
            }
        }
        state.done(loss(0));
        check();
        state.took((System.nanoTime() - began) / 1e9);
        return loss(0);
    }

    private void runPhase(int worker) {
        if (worker < parts.size()) {
            for (int i = 0; step.phase() == 0 && i < phases.size(); i++) {
                int updates = phases.get(i).updates();
                if (updates != Phase.NONE) {
                    workers.kernels(worker)
                            .fill(networks.get(updates).workspaces().get(worker).gradients(), 0);
                }
            }
            shares.put(worker, parts.get(worker).run(step));
        }
    }

    private void update(int learner, double loss) {
        Network network = networks.get(learner);
        requireFinite(learner == 0 ? "loss" : network.name() + "'s loss", loss);
        double norm = network.sum();
        requireFinite("gradient norm", norm);
        network.update(loss, rate.at(state.steps() + 1L), state.steps(), norm);
    }

    private void requireFinite(String what, double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalStateException(
                    "%s: %s %s at step %d (rate %.3g), last loss %s; lower the rate or clip the gradient"
                            .formatted(
                                    task.name(),
                                    what,
                                    value,
                                    step.number() + 1,
                                    rate.at(step.number() + 1L),
                                    step.number() == 0
                                            ? "-"
                                            : String.format(Locale.ROOT, "%.4g", state.loss(step.number()))));
        }
    }

    private void check() {
        if (!state.checksNow()) {
            return;
        }
        networks.forEach(network -> network.swapAverage(workers.kernels(0), true));
        double loss;
        try {
            workers.run(runCheck);
            loss = shares.total();
        } finally {
            networks.forEach(network -> network.swapAverage(workers.kernels(0), false));
        }
        requireFinite("held-out loss", loss);
        if (state.checked(loss, task.keepsBest())) {
            networks.forEach(network -> network.keepBest(workers.kernels(0)));
        }
    }

    private void runCheck(int worker) {
        if (worker < parts.size()) {
            shares.put(worker, parts.get(worker).heldOutLoss());
        }
    }

    /**
     * Whether all steps are done, or patience is spent.
     *
     * @return true at the end
     */
    public boolean finished() {
        return state.finished();
    }

    /**
     * What a learner's loss came to.
     *
     * @param learner its number
     * @return the loss before its last update, NaN if there was none
     */
    public double loss(int learner) {
        return networks.get(learner).loss();
    }

    /**
     * Steps done.
     *
     * @return the loss of every step done
     */
    public double[] losses() {
        return state.losses();
    }

    /**
     * Time that the steps done took, in this process and before.
     *
     * @return seconds; those of runs that were saved before their time was written are not counted
     */
    public double seconds() {
        return state.seconds();
    }

    /**
     * Number of steps in all.
     *
     * @return at most, if training may stop early
     */
    public int totalSteps() {
        return state.total();
    }

    /**
     * Steps after which the loss of the images held out was lowest: those of the parameters that are kept.
     *
     * @return 0 before the first check
     */
    public int bestStep() {
        return state.bestStep();
    }

    /**
     * The lowest loss of the images held out.
     *
     * @return infinite before the first check
     */
    public double heldOutLoss() {
        return state.bestLoss();
    }

    /**
     * What training comes to so far: the parameters of the best check, or the average of the weights, or the weights.
     *
     * @param learner its number
     * @return the live flat buffer
     */
    public Tensor result(int learner) {
        return networks.get(learner).result(bestStep() > 0);
    }

    /**
     * Gradients and memory of each thread.
     *
     * @param learner its number
     * @return a workspace a thread; the first holds the sum of the last step's gradients
     */
    public List<Workspace> workspaces(int learner) {
        return networks.get(learner).workspaces();
    }

    /**
     * Writes everything needed to go on.
     *
     * @param file a safetensors file, replaced only when the new one is complete
     * @throws IOException if it can't be written
     */
    public void save(Path file) throws IOException {
        SafetensorsBuilder builder = StateFile.builder(identity());
        write(builder);
        builder.write(file);
    }

    /**
     * Adds everything needed to go on to a file: weights, optimisers, averages, losses, checks.
     *
     * @param builder of the file
     */
    public void write(SafetensorsBuilder builder) {
        networks.forEach(network -> network.write(builder));
        task.companions().forEach((name, each) -> ParameterTensors.put(builder, name + ".", each, each.values()));
        state.write(builder);
    }

    /**
     * Goes to where another loop of the same training stood.
     *
     * @param file what {@link #write} added to
     * @throws IOException if it can't be read or doesn't fit
     */
    public void restore(Safetensors file) throws IOException {
        for (Network network : networks) {
            network.read(file);
        }
        for (Map.Entry<String, Parameters> each : task.companions().entrySet()) {
            ParameterTensors.fill(
                    file, each.getKey() + ".", each.getValue(), each.getValue().values());
        }
        state.restore(file);
    }

    @Override
    public void close() {
        workers.close();
        parts.forEach(Task.Part::close);
        networks.forEach(Network::close);
    }
}
