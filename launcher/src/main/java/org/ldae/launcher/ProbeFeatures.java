package org.ldae.launcher;

import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.Callable;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.core.TokenGrid;
import org.ldae.data.Dataset;
import org.ldae.data.ImageSource;
import org.ldae.evaluation.EncoderEvaluation;
import org.ldae.evaluation.EncoderEvaluation.Part;
import org.ldae.evaluation.EncoderResults;
import org.ldae.inference.PixelEncoder;
import org.ldae.inference.Pooling;
import org.ldae.report.EncoderReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Probes features that any program wrote. */
@Command(
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Probes features that any program wrote: linear classifier, neighbours, few labels.",
            "Files are .npy, file.safetensors:tensor, or CSV with one row a line; features [N, F], labels [N] from 0."
        },
        footer = {
            "",
            "Example: ${COMMAND-FULL-NAME} --train x.npy --train-labels y.npy --test u.npy --test-labels v.npy"
        })
final class ProbeFeatures implements Callable<Integer> {

    @Option(names = "--train", required = true, paramLabel = "FILE", description = "Features of training images.")
    private String train = "";

    @Option(names = "--train-labels", required = true, paramLabel = "FILE", description = "Their labels.")
    private String trainLabels = "";

    @Option(names = "--test", required = true, paramLabel = "FILE", description = "Features of test images.")
    private String test = "";

    @Option(names = "--test-labels", required = true, paramLabel = "FILE", description = "Their labels.")
    private String testLabels = "";

    @Option(names = "--name", description = "What they are called in the tables (default: ${DEFAULT-VALUE}).")
    private String name = "features";

    @Option(names = "--seed", description = "Seed of held-out parts (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    ProbeFeatures() {}

    @Override
    public Integer call() throws IOException {
        FeatureTable labels = FeatureTable.read(trainLabels);
        int classes = 1 + Arrays.stream(labels.labels()).max().orElseThrow();
        ImageSource training = new TableImages(FeatureTable.read(train), labels, classes);
        ImageSource testing = new TableImages(FeatureTable.read(test), FeatureTable.read(testLabels), classes);
        if (!training.shape().equals(testing.shape())) {
            throw new IllegalArgumentException("--test: expected %d features as in --train, got %d"
                    .formatted(training.shape().channels(), testing.shape().channels()));
        }
        try (PixelEncoder encoder = new PixelEncoder(new TokenGrid(training.shape(), 1))) {
            EncoderResults results = EncoderEvaluation.of(name, encoder)
                    .withPoolings(Pooling.TOKENS)
                    .ofLastBlock()
                    .with(Part.NEIGHBOURS, Part.FEW_LABELS)
                    .run(new Dataset(training, testing), Rng.of(seed), Progress.console());
            System.out.printf("%n%s%n", EncoderReport.of(results).text());
        }
        return 0;
    }
}
