package org.ldae.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.ldae.core.AtomicFile;
import org.ldae.data.Dataset;
import org.ldae.evaluation.EncoderResults;
import org.ldae.evaluation.Score;

/**
 * An encoder's page: what its features are worth beside controls under the same readouts.
 *
 * <pre>{@code
 * Path page = EncoderReport.of(results).withData(data).write(Path.of("out"));
 * }</pre>
 *
 * <p>Every number is of the results; what was not measured is left out.
 */
public final class EncoderReport {

    private static final String READOUTS =
            "Linear probes on frozen features, the same for every subject. \"cells 1-2-4\" are averages of tokens in 1"
                    + " + 4 + 16 cells. A single block is chosen on a tenth of the training images, and so is the L2; test"
                    + " images are looked at once. Subjects of one block have the same number under all blocks. After"
                    + " \u00b1 stands half of Wilson's 95% interval of the test images; it tells nothing of other seeds."
                    + " Operations are those of products, of the dearest readout.";

    private static final String HEALTH =
            "RankMe is the effective rank of the features (Garrido et al. 2023). Agreement: how many of an image's ten"
                    + " nearest neighbours stay when it is shifted and mirrored at random. Mean cosine: 1 where all images"
                    + " look alike. Dead: columns that don't vary.";

    private static final String FEW =
            "Ridge regression on few labels, mean over 20 draws \u00b1 half of its 95% interval by Student's t, on up"
                    + " to 2,000 test images; percentages are of up to 10,000 training images. Lead: the encoder minus the"
                    + " subject, draw by draw.";

    private static final String TUNED =
            "The whole network trained with labels, once from the encoder and once from random weights, with the same"
                    + " arithmetic, batch and rate. One run each; the interval is of the test images alone.";

    private static final String MAP =
            "Logistic probes with a fixed L2 on up to 4,000 training and 2,000 test images: compare within a table."
                    + " With noise, training and test images are both noised.";

    private final EncoderResults results;
    private final Optional<Dataset> data;

    private EncoderReport(EncoderResults results, Optional<Dataset> data) {
        this.results = results;
        this.data = data;
    }

    /**
     * The report of some results.
     *
     * @param results of an evaluation
     * @return to be read or written
     */
    public static EncoderReport of(EncoderResults results) {
        return new EncoderReport(results, Optional.empty());
    }

    /**
     * Adds the picture of nearest neighbours.
     *
     * @param images that were evaluated
     * @return a copy
     */
    public EncoderReport withData(Dataset images) {
        return new EncoderReport(results, Optional.of(images));
    }

    /**
     * What came out, and a table for a console: top-1 in percent and half of its Wilson 95% interval, a row for each readout, a
     * column for each subject.
     *
     * @return lines with columns in line
     */
    public String text() {
        return String.join("\n", headline()) + "\n\n" + ConsoleTable.of(new EncoderTables(results).scores());
    }

    /** For each readout by how much the encoder leads the best control, or is behind it; what leads it stands first. */
    private List<String> headline() {
        List<String> ahead = new ArrayList<>();
        List<String> lines = new ArrayList<>();
        String encoder = results.subjects().get(0);
        for (String readout : results.readouts()) {
            Optional<Score> own = results.score(encoder, readout);
            Optional<Score> best = bestControl(readout);
            if (own.isEmpty() || best.isEmpty()) {
                continue;
            }
            double lead = 100 * (own.get().top1() - best.get().top1());
            String points = String.format(Locale.ROOT, "%.2f points", Math.abs(lead));
            String stands = points.startsWith("0.00") ? "level with" : points + (lead < 0 ? " behind" : " ahead of");
            String line = String.format(
                    Locale.ROOT,
                    "%s: %s %.2f%%, %s %s, the best control",
                    EncoderTables.words(readout),
                    encoder,
                    100 * own.get().top1(),
                    stands,
                    best.get().subject());
            (lead < 0 ? lines : ahead).add(line);
        }
        lines.addAll(ahead);
        return lines;
    }

    private Optional<Score> bestControl(String readout) {
        return results.scores().stream()
                .filter(each -> each.readout().equals(readout)
                        && !each.subject().equals(results.subjects().get(0)))
                .max((a, b) -> Double.compare(a.top1(), b.top1()));
    }

    /**
     * Writes {@code report.html}, one self-contained page, {@code report.txt}, {@code results.json}, and the figures as PNG files
     * in {@code figures}.
     *
     * @param out made if it is missing
     * @return the page
     * @throws IOException if the folder can't be written
     */
    public Path write(Path out) throws IOException {
        Path folder = Files.createDirectories(out.resolve("figures"));
        EncoderTables tables = new EncoderTables(results);
        EncoderCharts charts = new EncoderCharts(results);
        Page page = new Page("What %s learnt".formatted(results.subjects().get(0)), folder)
                .headline(headline())
                .links(List.of(
                        List.of("every number (JSON)", "results.json"),
                        List.of("the table (text)", "report.txt"),
                        List.of("figures", "figures/")));
        page.heading("Beside controls").table("Top-1 by readout", tables.scores(), 1);
        page.text(READOUTS).figures(charts.scores());
        page.heading("Few labels").table("Top-1 of few labels, %", tables.fewLabels(), 1);
        if (!results.fewLabels().isEmpty()) {
            page.text(FEW);
        }
        page.heading("Trained on with labels").table("End to end, %", tables.fineTuning(), 4);
        if (!results.fineTuning().isEmpty()) {
            page.text(TUNED);
        }
        page.heading("Blocks and noise levels");
        for (String readout : tables.mapped()) {
            page.table("Top-1, %: " + EncoderTables.words(readout), tables.map(readout), 1);
        }
        if (!results.map().isEmpty()) {
            page.text(MAP);
        }
        page.heading("Health, without labels").table("Features of test images", tables.health(), 1);
        if (!results.health().isEmpty()) {
            page.text(HEALTH).figures(charts.spectra());
        }
        if (data.isPresent()) {
            page.figures(charts.neighbours(data.get()));
        }
        page.heading("What was measured").table("Settings", settings(), 2).table("Probes", tables.probes(), 3);
        write(out.resolve("report.txt"), text() + "\n");
        write(out.resolve("results.json"), results.toJson() + "\n");
        return write(out.resolve("report.html"), page.end());
    }

    private List<List<String>> settings() {
        return List.of(
                List.of("setting", "value"),
                List.of("training images", Integer.toString(results.trainingImages())),
                List.of("test images", Integer.toString(results.testImages())),
                List.of("classes", String.join(", ", results.classNames())),
                List.of("probes", results.solver()),
                List.of(
                        "averaged over mirror images",
                        results.mirrored() ? "yes, but not for few labels, the map and health" : "no"));
    }

    private static Path write(Path file, String text) throws IOException {
        AtomicFile.write(file, text.getBytes(StandardCharsets.UTF_8));
        return file;
    }

    @Override
    public String toString() {
        return "EncoderReport[%s]".formatted(results);
    }
}
