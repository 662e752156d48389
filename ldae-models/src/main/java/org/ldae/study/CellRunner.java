package org.ldae.study;

import com.google.gson.JsonObject;
import java.util.Arrays;
import java.util.concurrent.CancellationException;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.ldae.baselines.Supervised;
import org.ldae.baselines.ViTClassifier;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.Dataset;
import org.ldae.data.ImageSource;
import org.ldae.inference.Encoder;
import org.ldae.inference.Features;
import org.ldae.models.LatentDAE;
import org.ldae.models.PlainEncoder;
import org.ldae.models.Provenance;
import org.ldae.models.Recipe;
import org.ldae.models.Trainer;
import org.ldae.study.Subject.Reading;
import org.ldae.tokenizers.Tokenizer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Runs one cell from its seed to its metrics. */
final class CellRunner {

    /** Times of the probe in units of 1000 steps (paper, appendix). */
    private static final int[] TIMES = {0, 10, 20, 40, 80};

    private static final double PROBE_TIME = 0.01;

    /** Images encoded at once where no model does it in chunks. */
    private static final int CHUNK = 512;

    private final Dataset data;
    private final TokenizerStore tokenizers;
    private final Pictures pictures;
    private final SampleDistance distance;

    CellRunner(Dataset data, TokenizerStore tokenizers, Pictures pictures, SampleDistance distance) {
        this.data = data;
        this.tokenizers = tokenizers;
        this.pictures = pictures;
        this.distance = distance;
    }

    /** What defines a trial's numbers beside images and seed. */
    static String settings(Trial trial) {
        JsonObject settings = trial.subject().settings();
        settings.addProperty(CellResult.PROBE, Probing.solver().toString());
        return settings.toString();
    }

    CellResult run(Trial trial, long seed, Progress progress) {
        long began = System.nanoTime();
        Rng rng = Rng.of(seed);
        Probing probing = new Probing(data, rng);
        if (trial.subject() instanceof Subject.Trained trained) {
            Dataset sized = trained.side() == 0 ? data : resized(trained.side());
            Probing probes = trained.side() == 0 ? probing : new Probing(sized, rng);
            trained(trial, trained, probes, progress);
            probing = probes;
        } else if (trial.subject() instanceof Subject.Untrained untrained) {
            untrained(untrained.recipe(), probing, rng);
        } else if (trial.subject() instanceof Subject.Latents latents) {
            latents(latents.recipe(), probing, rng);
        } else if (trial.subject() instanceof Subject.Masked masked) {
            try (Encoder encoder = masked.options().train(data.train(), rng, progress)) {
                features(encoder, probing);
            }
        } else if (trial.subject() instanceof Subject.Labelled labelled) {
            Supervised options = Supervised.of(labelled.patch(), labelled.network(), labelled.training());
            classifier(options.train(data.train(), rng, progress), probing);
        } else if (trial.subject() instanceof Subject.FineTuned tuned) {
            fineTuned(tuned, probing, progress);
        } else {
            probing.probe("top1.tokens", CellRunner::pixels);
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        Provenance provenance = Provenance.of(seed, data.train());
        return new CellResult(trial.cell(seed), probing.metrics(), seconds, settings(trial), provenance);
    }

    private Dataset resized(int side) {
        return new Dataset(
                data.train().resized(side).cached(), data.test().resized(side).cached());
    }

    private void trained(Trial trial, Subject.Trained subject, Probing probing, Progress progress) {
        Recipe recipe = subject.recipe();
        ImageSource train = probing.data().train();
        Rng rng = probing.root();
        Tokenizer tokenizer = tokenizers.get(recipe, train, rng, progress);
        long began = System.nanoTime();
        try (Trainer trainer = Trainer.start(recipe, tokenizer, train, rng)) {
            trainer.run(progress);
            if (!trainer.finished()) {
                throw new CancellationException(
                        "study: interrupted in " + trial.cell(rng.seed()).id());
            }
            probing.put("seconds.train", (System.nanoTime() - began) / 1e9);
            double[] losses = trainer.losses();
            int last = Math.max(1, losses.length / 20);
            probing.put(
                    "loss",
                    Arrays.stream(losses, losses.length - last, losses.length)
                            .average()
                            .orElseThrow());
            probing.put("loss.first", losses[0]);
            probing.put("parameters", trainer.parameterCount());
            probing.put(
                    "reconstruction",
                    tokenizer.reconstructionError(probing.data().test()));
            try (LatentDAE model = trainer.model()) {
                features(model, probing);
                if (subject.reading().contains(Reading.SWEEPS)) {
                    sweeps(model, probing);
                }
                if (subject.reading().contains(Reading.SAMPLES)) {
                    probing.put("frechet", distance.of(model, rng, progress));
                }
                pictures.of(trial.cell(rng.seed()), model);
            }
        }
    }

    private void untrained(Recipe recipe, Probing probing, Rng rng) {
        Tokenizer tokenizer = tokenizers.get(recipe, data.train(), rng, Progress.none());
        try (LatentDAE model = LatentDAE.untrained(recipe, tokenizer, data.train(), rng)) {
            features(model, probing);
        }
    }

    private void fineTuned(Subject.FineTuned tuned, Probing probing, Progress progress) {
        Tokenizer tokenizer = tokenizers.get(tuned.recipe(), data.train(), probing.root(), progress);
        try (Trainer trainer = Trainer.start(tuned.recipe(), tokenizer, data.train(), probing.root())) {
            trainer.run(progress);
            if (!trainer.finished()) {
                throw new CancellationException("study: interrupted before fine-tuning");
            }
            try (LatentDAE model = trainer.model();
                    PlainEncoder start = model.plainEncoder(PROBE_TIME)) {
                Supervised options = Supervised.from(start, tuned.training()).withLayerDecay(tuned.layerDecay());
                classifier(options.train(data.train(), probing.root().stream("fine-tuning"), progress), probing);
            }
        }
    }

    /** Probes a classifier's encoder like any other, and its own answers. */
    private void classifier(ViTClassifier classifier, Probing probing) {
        try (classifier) {
            features(classifier, probing);
            probing.put("accuracy", classifier.evaluate(data.test()).top1());
        }
    }

    private static void features(Encoder model, Probing probing) {
        probing.probe("top1", images -> model.represent(images, Features.pooled()));
        probing.probe("top1.tokens", images -> model.represent(images, Features.tokens()));
    }

    /** The probe after each block, and at several times with clean and noisy input (paper, appendix). */
    private static void sweeps(LatentDAE model, Probing probing) {
        for (int block = 1; block <= model.recipe().denoiser().blocks(); block++) {
            Features features = Features.pooled().after(block);
            probing.probe("depth." + block, images -> model.represent(images, features));
        }
        if (!model.recipe().schedule().timeDependent()) {
            return;
        }
        for (int time : TIMES) {
            Features clean = Features.pooled().at(time / 1000.0);
            probing.probe("time.clean." + time, images -> model.represent(images, clean));
            Features noisy = clean.withNoise(probing.root().seed());
            probing.probe("time.noisy." + time, images -> model.represent(images, noisy));
        }
    }

    private void latents(Recipe recipe, Probing probing, Rng rng) {
        Tokenizer tokenizer = tokenizers.get(recipe, data.train(), rng, Progress.none());
        probing.probe("top1", images -> encoded(tokenizer, images, true));
        probing.probe("top1.tokens", images -> encoded(tokenizer, images, false));
    }

    private static INDArray encoded(Tokenizer tokenizer, ImageSource images, boolean averaged) {
        return chunks(images, pixels -> {
            try (INDArray latents = tokenizer.encode(pixels)) {
                return averaged ? latents.mean(1) : flat(latents).dup('c');
            }
        });
    }

    private static INDArray pixels(ImageSource images) {
        return chunks(images, pixels -> flat(pixels).dup('c'));
    }

    private static INDArray flat(INDArray array) {
        return array.reshape('c', array.size(0), array.length() / array.size(0));
    }

    /** Maps some images at a time to rows. */
    private static INDArray chunks(ImageSource images, UnaryOperator<INDArray> map) {
        INDArray[] parts = IntStream.iterate(0, from -> from < images.size(), from -> from + CHUNK)
                .mapToObj(from -> map.apply(images.images(IntStream.range(from, Math.min(images.size(), from + CHUNK))
                        .toArray())))
                .toArray(INDArray[]::new);
        return Nd4j.concat(0, parts);
    }
}
