package org.ldae.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.ldae.core.AtomicFile;
import org.ldae.core.Rng;
import org.ldae.data.Dataset;
import org.ldae.deconstruction.Deconstruction;
import org.ldae.study.Group;
import org.ldae.study.Metric;
import org.ldae.study.Study;
import org.ldae.study.StudyResults;

/**
 * The report of a study: figures as PNG and one page that holds tables, figures and which of the paper's orderings were found.
 *
 * <pre>{@code
 * Path page = StudyReport.of(study.run(data, out, Progress.console()), study).withData(data).write(out);
 * }</pre>
 *
 * <p>Every number is computed from the results; groups, trials and metrics that are missing are left out.
 */
public final class StudyReport {

    private static final String VERDICTS =
            "Reproduced: the 95%% interval of the difference lies above 0 (of likeness: within %s points of 0). Not"
                    + " reproduced: it lies on the other side. Open: it settles neither, or there is one seed. The best of"
                    + " several is chosen by the same numbers, and many intervals are looked at without a correction, so a"
                    + " few narrow verdicts may be luck.";

    private static final List<List<String>> LINKS = List.of(
            List.of("every number (CSV)", "results.csv"),
            List.of("cells with settings and curves (JSON)", "results.json"),
            List.of("cells", "cells/"),
            List.of("figures", "figures/"),
            List.of("the paper", "https://arxiv.org/abs/2401.14404"));

    private static final String INTERVALS =
            "Accuracies are linear-probe top-1 in percent: the mean over seeds \u00b1 half of its 95% interval by"
                    + " Student's t; of fewer than three seeds the mean alone. Differences are paired seed by seed."
                    + " Published numbers are of ImageNet at 256 x 256 with DiT-L: compare directions, not values.";

    private final StudyResults results;
    private final Study study;
    private final Optional<Dataset> data;
    private final String command;

    private StudyReport(StudyResults results, Study study, Optional<Dataset> data, String command) {
        this.results = results;
        this.study = study;
        this.data = data;
        this.command = command;
    }

    /**
     * The report of some results, without figures that need the images.
     *
     * @param results of a study, at least one cell
     * @param study whose results they are
     * @return to be written
     * @throws IllegalArgumentException if there is no cell
     */
    public static StudyReport of(StudyResults results, Study study) {
        if (results.cells().isEmpty()) {
            throw new IllegalArgumentException("results: expected at least one finished cell, got none; run the study");
        }
        return new StudyReport(results, study, Optional.empty(), "");
    }

    /**
     * Adds what the images are, filters of tokenizers (Fig. 4) and images with noise (Fig. 7).
     *
     * @param images of the study
     * @return a copy
     */
    public StudyReport withData(Dataset images) {
        return new StudyReport(results, study, Optional.of(images), command);
    }

    /**
     * Adds how the study was run.
     *
     * @param line what was typed
     * @return a copy
     */
    public StudyReport withCommand(String line) {
        return new StudyReport(results, study, data, line);
    }

    /**
     * The rows of the road for a console of 100 columns: top-1 in percent of the averaged tokens and all tokens, differences
     * to the row before, the paper's numbers.
     *
     * @return lines with columns in line; a head alone if no row was run
     */
    public String pathTable() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("row", "averaged", "change", "all tokens", "change", "paper", "change"));
        List<List<String>> all = new PathTable(results, study).rows();
        all.subList(1, all.size()).forEach(row -> rows.add(row.subList(1, 8)));
        return ConsoleTable.of(rows);
    }

    /**
     * Writes {@code report.html} and the PNG files in {@code figures}. Files that a study put there, as {@code fig8-*.png},
     * are shown too; tokenizers are read from {@code tokenizers}, and fitted and saved if they are missing there.
     *
     * @param out the study's folder, made if it is missing
     * @return the page
     * @throws IOException if the folder can't be written
     */
    public Path write(Path out) throws IOException {
        Path folder = Files.createDirectories(out.resolve("figures"));
        Page page = new Page("Deconstruction study, preset " + study.preset().name(), folder);
        StudyCharts charts = new StudyCharts(results, study);
        Tables tables = new Tables(results);
        page.headline(Headline.of(results, study)).links(LINKS);
        page.heading(results.trials(Group.PATH).isEmpty() ? "How to read the numbers" : "The road")
                .table("Rows of the road", new PathTable(results, study).rows(), PathTable.WORDS)
                .text(INTERVALS)
                .figures(charts.path());
        orderings(page, tables);
        if (!results.trials(Group.CONTROL).isEmpty()) {
            page.heading("Controls").table("l-DAE and its controls", tables.controls(), 1);
            page.figures(charts.controls());
        }
        page.heading("Where and when to probe").figures(charts.probes());
        ablations(page, charts, tables);
        losses(page);
        pictures(page, out);
        page.heading("What was run")
                .table("Settings", RunSettings.of(results, study.preset(), data, command), 2)
                .table("What each row changes", Tables.recipes(study), 3)
                .folded("Recipe of the first row", study.preset().baseline().toJson())
                .folded("Recipe of l-DAE", study.recipeAt(Deconstruction.LDAE).toJson());
        Path file = out.resolve("report.html");
        AtomicFile.write(file, page.end().getBytes(StandardCharsets.UTF_8));
        return file;
    }

    private static void orderings(Page page, Tables tables) {
        List<List<String>> averaged = tables.orderings(Metric.AVERAGED);
        List<List<String>> tokens = tables.orderings(Metric.ALL_TOKENS);
        if (averaged.size() + tokens.size() > 2) { // more than the heads
            page.heading("Which orderings reproduce here")
                    .table("By the probe of averaged tokens, as in the paper", averaged, 3)
                    .table("By the probe of all tokens", tokens, 3)
                    .text(VERDICTS.formatted(Numbers.plain(Orderings.ALIKE)));
        }
    }

    private void ablations(Page page, StudyCharts charts, Tables tables) throws IOException {
        for (Group group : Group.values()) {
            if (group != Group.PATH
                    && group != Group.CONTROL
                    && !results.trials(group).isEmpty()) {
                page.heading(name(group))
                        .table(StudyCharts.caption(group), tables.ablation(group), 1)
                        .figures(charts.ablation(group));
            }
        }
    }

    private static String name(Group group) {
        return switch (group) {
            case PATH -> "The road";
            case CONTROL -> "Controls";
            case LADDER -> "From l-DAE to the masked autoencoder";
            case NEIGHBOURS -> "Neighbours: a UNet, contrastive learning, labels";
            case OWN -> "Trials of one's own";
            default -> "Ablation: " + group.key();
        };
    }

    private void losses(Page page) {
        LossPlots plots = new LossPlots(results);
        page.heading("Losses of every cell");
        for (Group group : Group.values()) {
            String drawn = plots.of(group);
            if (!drawn.isEmpty()) {
                page.raw("<h3>%s</h3>\n".formatted(Markup.escaped(name(group)))).raw(drawn);
            }
        }
    }

    private void pictures(Page page, Path out) throws IOException {
        Path folder = out.resolve("figures");
        List<Figure> figures = new ArrayList<>(StudyCharts.schedules(study));
        if (data.isPresent()) {
            Rng rng = Rng.of(results.seeds().get(0));
            figures.addAll(new ImageFigures(study.preset(), data.get(), rng, out).all());
        }
        page.heading("Schedules, filters and noise").figures(figures);
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                String name = file.getFileName().toString();
                if (name.matches("fig8-.*\\.png")) {
                    String row = name.substring("fig8-".length(), name.length() - ".png".length());
                    page.image(
                            name,
                            "Counterpart of Fig. 8: clean, noisy and denoised test images by the row %s."
                                    .formatted(row),
                            "Test images in columns; rows clean, noisy at sigma = sqrt(1/3), denoised by %s."
                                    .formatted(row));
                }
            }
        }
    }

    @Override
    public String toString() {
        return "StudyReport[%s]".formatted(results);
    }
}
