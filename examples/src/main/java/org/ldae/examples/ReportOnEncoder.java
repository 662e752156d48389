package org.ldae.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.ldae.baselines.Supervised;
import org.ldae.checkpoint.CheckpointException;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.Dataset;
import org.ldae.evaluation.EncoderEvaluation;
import org.ldae.evaluation.EncoderEvaluation.Part;
import org.ldae.evaluation.EncoderResults;
import org.ldae.inference.Encoder;
import org.ldae.inference.Pooling;
import org.ldae.models.LatentDAE;
import org.ldae.models.PlainEncoder;
import org.ldae.perceptual.FeatureNet;
import org.ldae.report.EncoderReport;
import org.ldae.training.Training;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes the page of an encoder: what its features are worth beside controls under the same readouts. */
@Command(
        name = "ReportOnEncoder",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Writes the page of an encoder: what its features are worth beside controls under the same readouts.",
        footer = {
            "",
            "Example: ${COMMAND-FULL-NAME} --model out/mine/encoder.safetensors --data folder:photos --side 64"
        })
public final class ReportOnEncoder implements Callable<Integer> {

    @Option(
            names = "--model",
            required = true,
            description = "A LatentDAE, a PlainEncoder, or a feature net such as a ResNet of CIFAR-10.")
    private Path model = Path.of("");

    @ArgGroup(validate = false, heading = "%nImages:%n")
    private ImageData.Option dataOption = new ImageData.Option();

    @Option(
            names = "--filters",
            description = "Filters of the patch dictionary, two numbers each (default: ${DEFAULT-VALUE}).")
    private int filters = 256;

    @Option(
            names = "--readouts",
            split = ",",
            description = "How tokens become features, each with its own table (default: ${DEFAULT-VALUE}).")
    private Set<Readout> readouts = EnumSet.allOf(Readout.class);

    @Option(names = "--parts", split = ",", description = "What is measured beside probes (default: ${DEFAULT-VALUE}).")
    private Set<Part> parts = EnumSet.allOf(Part.class);

    @Option(names = "--alone", description = "Measure no controls.")
    private boolean alone;

    @Option(names = "--last-block", description = "Read the encoder's last block alone, for a fraction of the time.")
    private boolean lastBlock;

    @Option(names = "--mirrored", description = "Average features over an image and its mirror image.")
    private boolean mirrored;

    @Option(
            names = "--fine-tune",
            description =
                    "Operations of a training with labels, such as 1e12, beside the same from scratch (default: none).")
    private double fineTune;

    @Option(names = "--seed", description = "Seed of controls and held-out parts (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(names = "--out", description = "Folder for the page (default: ${DEFAULT-VALUE}).")
    private Path out = Path.of("out", "encoder");

    /** What becomes of tokens. */
    enum Readout {
        average,
        cells,
        tokens;

        static Readout of(Pooling pooling) {
            return pooling.equals(Pooling.AVERAGE) ? average : pooling.equals(Pooling.TOKENS) ? tokens : cells;
        }
    }

    ReportOnEncoder() {}

    /**
     * Runs the example.
     *
     * @param args see {@code --help}
     */
    public static void main(String[] args) {
        Cli.main(new ReportOnEncoder(), args);
    }

    @Override
    public Integer call() throws IOException {
        Dataset data = dataOption.load().requireProbeable().images();
        Cli.requireWritable(out);
        Rng rng = Rng.of(seed);
        try (Subject subject = load(data, rng)) {
            EncoderEvaluation evaluation =
                    EncoderEvaluation.of(subject.name, subject.encoder).with(parts.toArray(Part[]::new));
            if (!alone) {
                evaluation = evaluation
                        .withControl("untrained", subject.untrained)
                        .withStandardControls(data.train(), filters, rng);
            }
            evaluation = evaluation.withPoolings(evaluation.poolings().stream()
                    .filter(pooling -> readouts.contains(Readout.of(pooling)))
                    .toArray(Pooling[]::new));
            if (lastBlock) {
                evaluation = evaluation.ofLastBlock();
            }
            if (fineTune > 0) {
                evaluation = evaluation.withFineTuning(tuned(subject));
            }
            EncoderResults results =
                    (mirrored ? evaluation.ofMirrored() : evaluation).run(data, rng, Progress.console());
            EncoderReport report = EncoderReport.of(results).withData(data);
            System.out.printf(
                    "%n%s%n%nWrote %s%n", report.text(), report.write(out).toAbsolutePath());
        }
        return 0;
    }

    private Supervised tuned(Subject subject) {
        PlainEncoder start = subject.plain.orElseThrow(() -> new IllegalArgumentException(
                "--fine-tune: expected a LatentDAE or a PlainEncoder, got " + model + "; leave it out"));
        return Supervised.from(start, Training.flops(fineTune));
    }

    /** An encoder and the same network with random weights. */
    private record Subject(
            String name, Encoder encoder, Encoder untrained, Optional<PlainEncoder> plain, List<FeatureNet> nets)
            implements AutoCloseable {
        @Override
        public void close() {
            encoder.close();
            untrained.close();
            plain.ifPresent(PlainEncoder::close);
            nets.forEach(FeatureNet::close);
        }
    }

    /** A model of this library, or else a feature net. */
    private Subject load(Dataset data, Rng rng) throws IOException {
        Model loaded;
        try {
            loaded = Model.load(model);
        } catch (CheckpointException e) {
            if (!Files.exists(model)) {
                throw e;
            }
            return convolutional(data, rng, e);
        }
        if (loaded.denoiser().isPresent()) {
            LatentDAE dae = loaded.denoiser().get();
            LatentDAE untrained = LatentDAE.untrained(dae.recipe(), dae.tokenizer(), data.train(), rng);
            Optional<PlainEncoder> plain = fineTune > 0 ? Optional.of(dae.plainEncoder(0)) : Optional.empty();
            return new Subject("l-DAE", dae, untrained, plain, List.of());
        }
        PlainEncoder plain = loaded.plain().orElseThrow();
        PlainEncoder untrained = PlainEncoder.untrained(plain.sizes(), data.train(), rng);
        return new Subject("encoder", plain, untrained, loaded.plain(), List.of());
    }

    /** A convolutional network that was trained with labels. */
    private Subject convolutional(Dataset data, Rng rng, CheckpointException reason) throws IOException {
        try {
            FeatureNet net = FeatureNet.load(model);
            FeatureNet untrained = net.untrained(rng);
            return new Subject(
                    "feature net",
                    net.encoder(data.train().shape()),
                    untrained.encoder(data.train().shape()),
                    Optional.empty(),
                    List.of(net, untrained));
        } catch (CheckpointException e) {
            e.addSuppressed(reason);
            throw new CheckpointException(
                    model,
                    "%s, nor a feature net (%s)".formatted(Model.reason(model, reason), Model.reason(model, e)),
                    e);
        }
    }
}
