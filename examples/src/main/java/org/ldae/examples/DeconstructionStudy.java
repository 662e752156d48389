package org.ldae.examples;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.ldae.core.Progress;
import org.ldae.data.Dataset;
import org.ldae.deconstruction.Preset;
import org.ldae.perceptual.FeatureFile;
import org.ldae.report.StudyReport;
import org.ldae.study.CellExecutor;
import org.ldae.study.Group;
import org.ldae.study.Study;
import org.ldae.study.StudyResults;
import org.ldae.training.Length;
import org.ldae.training.Training;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs the whole road from a diffusion model to a denoising autoencoder, with controls and ablations. */
@Command(
        name = "DeconstructionStudy",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Runs the whole road from a diffusion model to a denoising autoencoder, with controls and ablations.",
        footer = {"", "Example: ${COMMAND-FULL-NAME} --data cifar10:data --download --preset small --seeds 1,2,3"})
public final class DeconstructionStudy implements Callable<Integer> {

    private static final int TINY_IMAGES = 3000;

    @Spec
    private CommandSpec spec;

    @ArgGroup(validate = false, heading = "%nImages:%n")
    private ImageData.Option dataOption = new ImageData.Option();

    @Option(
            names = "--preset",
            description = {
                "tiny, small, fine or paper (default: ${DEFAULT-VALUE}).",
                "tiny: minutes on two cores, of 3,000 images unless --limit says how many; small: hours;",
                "fine: patches of 4 for as many steps as --flops pays for; paper: the published settings, for ImageNet."
            })
    private PresetName preset = PresetName.tiny;

    @Option(names = "--epochs", description = "Passes over the training images (default: the preset's).")
    private @Nullable Integer epochs;

    @Option(names = "--flops", description = "Operations of each training, such as 3e13, instead of --epochs.")
    private @Nullable Double flops;

    @Option(names = "--seeds", split = ",", description = "Seeds of the runs (default: ${DEFAULT-VALUE}).")
    private List<Long> seeds = List.of(1L, 2L);

    @Option(
            names = "--groups",
            split = ",",
            description = "What to run, of ${COMPLETION-CANDIDATES} (default: the paper's).")
    private List<Group> groups = List.copyOf(Group.published());

    @Option(
            names = "--steps",
            split = ",",
            description = {
                "Steps, controls and ablations to run, by name, such as original-image,mae,pca-16 (default: all).",
                "A group of which none is named is run whole."
            })
    private List<String> steps = List.of();

    @Option(names = "--jobs", description = "Cells at a time, which share the threads (default: the processors).")
    private int jobs = Runtime.getRuntime().availableProcessors();

    @Option(names = "--perceptual", description = "Feature net of the paper preset, a VGG's safetensors file.")
    private @Nullable Path perceptual;

    @Option(names = "--out", description = "Folder for results; a study goes on there (default: ${DEFAULT-VALUE}).")
    private Path out = Path.of("out", "deconstruction");

    @Option(names = "--report-only", description = "Write the report of the cells that are saved, and run nothing.")
    private boolean reportOnly;

    /** The presets. */
    enum PresetName {
        tiny,
        small,
        fine,
        paper
    }

    @SuppressWarnings("NullAway.Init") // picocli sets the specification
    DeconstructionStudy() {}

    /**
     * Runs the example.
     *
     * @param args see {@code --help}
     */
    public static void main(String[] args) {
        Cli.main(new DeconstructionStudy(), args);
    }

    @Override
    public Integer call() throws IOException {
        // 1. Images. Digits and clothes of 28 x 28 pixels get a border, so that patches of 8 and maps of factor 4 fit.
        Dataset data = data();
        Cli.requireWritable(out);

        // 2. The study as a value: a preset, seeds, and which groups of trials.
        Study study = Study.of(preset(), seeds)
                .withGroups(new LinkedHashSet<>(groups))
                .withNames(Set.copyOf(steps))
                .withExecutor(CellExecutor.threads(jobs));
        int cells = cells(study, data);
        System.out.printf(
                "%,d training and %,d test images %s; %d cells, %d at a time%n",
                data.train().size(), data.test().size(), data.train().shape(), cells, jobs);

        // 3. Run what the folder doesn't hold yet. Ctrl-C loses at most the cells in progress.
        if (reportOnly) {
            StudyResults saved = study.saved(data, out);
            saved.writeCsv(out.resolve("results.csv"));
            saved.writeJson(out.resolve("results.json"));
            report(study, saved, data);
            return 0;
        }
        StudyResults results;
        try (Interruption interruption = Interruption.onCtrlC()) {
            try {
                results = study.run(data, out, Progress.console());
            } catch (CancellationException e) {
                // Said here: the process ends as soon as the interruption is closed.
                System.out.printf("%n%s%n  %s%n", e.getMessage(), command());
                return Cli.INTERRUPTED;
            }
            if (interruption.came()) {
                System.out.printf("%nstudy: all cells are there; this writes the report%n  %s%n", command());
                return Cli.INTERRUPTED;
            }
        }
        report(study, results, data);
        return 0;
    }

    /** How many there are; a name that none has is of an option. */
    private int cells(Study study, Dataset data) {
        try {
            return study.cells(data).size();
        } catch (IllegalArgumentException e) {
            throw steps.isEmpty() ? e : new IllegalArgumentException("--steps, --groups: " + e.getMessage(), e);
        }
    }

    /** 4. The rows of the road here, and all the rest as one page. */
    private void report(Study study, StudyResults results, Dataset data) throws IOException {
        StudyReport report = StudyReport.of(results, study).withData(data).withCommand(command());
        System.out.printf("%n%s%n%n", report.pathTable());
        System.out.printf(
                "%d cells in %s%nreport: %s%n",
                results.cells().size(), out.toAbsolutePath(), report.write(out).toAbsolutePath());
    }

    /** What makes these results, whether this call ran the cells or only reports on them. */
    private String command() {
        return spec.commandLine().getParseResult().originalArgs().stream()
                .filter(argument -> !argument.equals("--report-only"))
                .collect(Collectors.joining(" ", "DeconstructionStudy ", ""));
    }

    private Dataset data() throws IOException {
        Dataset read = dataOption
                .load(preset == PresetName.tiny ? TINY_IMAGES : Integer.MAX_VALUE)
                .requireProbeable()
                .images();
        if (read.train().shape().height() != 28 || read.train().shape().width() != 28) {
            return read;
        }
        return new Dataset(
                read.train().padded(2, -1).cached(), read.test().padded(2, -1).cached());
    }

    private Preset preset() throws IOException {
        Preset chosen = switch (preset) {
            case tiny -> Preset.tiny();
            case small -> Preset.small();
            case fine -> Preset.fine();
            case paper -> Preset.paper(FeatureFile.of(requirePerceptual()));
        };
        Training training = chosen.baseline().training();
        Cli.requireOneOf("--epochs", epochs, "--flops", flops);
        if (flops != null) {
            return chosen.withTraining(training.withLength(Training.flops(flops).length()));
        }
        return epochs == null
                ? chosen
                : chosen.withTraining(training.withLength(new Length(epochs, Length.Unit.EPOCHS)));
    }

    private Path requirePerceptual() {
        if (perceptual == null) {
            throw new IllegalArgumentException(
                    "--preset paper: expected --perceptual FILE, the feature net of the perceptual loss, got none of %s"
                            .formatted(Arrays.toString(PresetName.values())));
        }
        return perceptual;
    }
}
