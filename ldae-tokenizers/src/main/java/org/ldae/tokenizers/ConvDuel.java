package org.ldae.tokenizers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.ldae.compute.Kernels;
import org.ldae.compute.Workers;
import org.ldae.core.Rng;
import org.ldae.nn.GradientDescent;
import org.ldae.nn.LearningRate;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;
import org.ldae.training.Fit;
import org.ldae.training.ImageRows;

/** Steps of a {@link ConvVAE}'s training in which a discriminator learns too, with an optimiser of its own. */
final class ConvDuel implements AutoCloseable {

    /** As in latent diffusion: keeps the adaptive weight finite, and below. */
    private static final double WEIGHT_EPSILON = 1e-4;

    private static final double MOST_WEIGHT = 1e4;
    private static final float[] ONE = {1};

    private final Adversarial options;
    private final Workers workers;
    private final LearningRate rate;
    private final Parameters parameters;
    private final List<ConvGame> games = new ArrayList<>();
    private final GradientDescent descent;

    ConvDuel(List<ConvShare> shares, ConvArchitecture architecture, ConvVAEOptions options, Rng rng, Workers workers) {
        Fit fit = options.fit();
        this.options = Objects.requireNonNull(options.adversarial());
        this.workers = workers;
        this.rate = fit.schedule();
        Parameters.Layout layout = Parameters.layout();
        this.options.discriminator(architecture.image()).declare(layout);
        this.parameters = layout.initialise(rng);
        for (ConvShare share : shares) {
            Workspace work = Workspace.training(workers.kernels(games.size()), parameters);
            games.add(new ConvGame(share, architecture, this.options, work));
        }
        List<Workspace> workspaces = games.stream().map(ConvGame::workspace).toList();
        this.descent = new GradientDescent(workers, parameters, workspaces, fit.optimizer(), fit.clipNorm());
    }

    /** The first step of the fit that is a duel. */
    int start() {
        return options.start();
    }

    List<ConvGame> games() {
        return games;
    }

    Parameters parameters() {
        return parameters;
    }

    /** What a step found out. */
    record Result(double loss, double weight, double discriminatorLoss) {}

    /** Leaves the autoencoder's gradients in its workspaces, and updates the discriminator. */
    Result step(int step, int[] batch, List<ImageRows> rows, ConvShare.Noise noise) {
        ConvGame.Losses[] losses = new ConvGame.Losses[games.size()];
        each(w -> losses[w] = games.get(w).play(batch, rows.get(w), noise));
        double weight = options.weight() * adaptiveWeight();
        each(w -> games.get(w).learnToMake(batch, rows.get(w), noise, weight));
        double loss = 0;
        for (ConvGame.Losses each : losses) {
            loss += each.error() + weight * each.generator();
        }
        return new Result(loss, weight, learn(step, batch.length));
    }

    /** Norm of the error's gradient at the decoder's last weight over that of the generator's loss. */
    private double adaptiveWeight() {
        Kernels kernels = workers.kernels(0);
        ConvGame first = games.get(0);
        for (ConvGame other : games.subList(1, games.size())) {
            kernels.addScaled(1, other.lastByError(), first.lastByError());
            kernels.addScaled(1, other.lastByScore(), first.lastByScore());
        }
        double byError = Math.sqrt(kernels.weightedSquares(first.lastByError(), ONE));
        double byScore = Math.sqrt(kernels.weightedSquares(first.lastByScore(), ONE));
        return Math.min(MOST_WEIGHT, byError / (byScore + WEIGHT_EPSILON));
    }

    private double learn(int step, int batch) {
        double[] parts = new double[games.size()];
        each(w -> parts[w] = games.get(w).learnToTell(batch));
        double loss = Arrays.stream(parts).sum();
        double norm = descent.sum();
        if (!Double.isFinite(loss) || !Double.isFinite(norm)) {
            throw new IllegalStateException(
                    "ConvVAE: discriminator's loss %s and gradient norm %s at step %d; lower the rate or clip the gradient"
                            .formatted(loss, norm, step + 1));
        }
        descent.update(rate.at(step + 1L), step - options.start() + 1L, norm);
        return loss;
    }

    private void each(Workers.Task task) {
        workers.run(w -> {
            if (w < games.size()) {
                task.run(w);
            }
        });
    }

    @Override
    public void close() {
        descent.close();
        games.forEach(game -> game.workspace().close());
        parameters.close();
    }
}
