package org.ldae.launcher;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.ldae.examples.Cli;
import org.ldae.examples.CompareTokenizers;
import org.ldae.examples.DeconstructionStudy;
import org.ldae.examples.FitScaling;
import org.ldae.examples.PretrainOnYourPictures;
import org.ldae.examples.ReportOnEncoder;
import org.ldae.examples.SampleImages;
import org.ldae.examples.SearchYourPictures;
import org.ldae.examples.TrainLatentDae;
import org.ldae.examples.TrainOnBands;
import org.ldae.exchange.DitFormat;
import org.ldae.exchange.EncoderFormat;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** One command for everything that can be done from a command line. */
@Command(
        name = "ldae",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Learns image representations by denoising, and measures, imports and exports encoders.",
        footer = {"", "ldae help COMMAND tells the options; source <(ldae generate-completion) completes them."})
public final class Ldae {

    private Ldae() {}

    /**
     * Runs a sub-command.
     *
     * @param args see {@code --help}
     */
    public static void main(String[] args) {
        int status = Cli.run(commands(), args);
        if (status != 0) {
            System.exit(status);
        }
    }

    /** All sub-commands by their names. */
    static CommandLine commands() {
        CommandLine ldae = new CommandLine(new Ldae());
        Map<String, Object> commands = new LinkedHashMap<>();
        commands.put("train", TrainLatentDae.class);
        commands.put("pretrain", PretrainOnYourPictures.class);
        commands.put("tokenizers", CompareTokenizers.class);
        commands.put("sample", SampleImages.class);
        commands.put("study", DeconstructionStudy.class);
        commands.put("scaling", FitScaling.class);
        commands.put("report", ReportOnEncoder.class);
        commands.put("search", SearchYourPictures.class);
        commands.put("bands", TrainOnBands.class);
        commands.put("probe", new ProbeFeatures());
        commands.put("import", new ImportWeights());
        commands.put("export", new ExportModel());
        commands.put("help", new HelpCommand());
        commands.put("generate-completion", new GenerateCompletion());
        commands.forEach((name, command) -> {
            CommandLine line = new CommandLine(command);
            line.getCommandSpec().name(name); // the mains are called by their classes where they stand alone
            ldae.addSubcommand(name, line);
        });
        return ldae;
    }

    /** Whose files. */
    enum Format {
        timm,
        hugging_face,
        dit,
        onnx;

        /** The encoders' format of this name. */
        EncoderFormat encoders() {
            return switch (this) {
                case timm -> EncoderFormat.timm();
                case hugging_face -> EncoderFormat.huggingFace();
                case dit, onnx -> throw refused("timm or hugging-face for encoders");
            };
        }

        DitFormat denoisers() {
            if (this != dit) {
                throw refused("dit for denoisers");
            }
            return DitFormat.published();
        }

        private IllegalArgumentException refused(String expected) {
            return new IllegalArgumentException("format: expected %s, got %s".formatted(expected, this));
        }

        @Override
        public String toString() {
            return name().replace('_', '-').toLowerCase(Locale.ROOT);
        }
    }

    /** An option that means nothing is refused rather than ignored. */
    static void refuse(String option, boolean given, String use) {
        if (given) {
            throw new IllegalArgumentException(option + ": " + use + "; leave it out");
        }
    }
}
