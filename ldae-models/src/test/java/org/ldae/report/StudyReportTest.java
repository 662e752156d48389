package org.ldae.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ldae.figures.Figures;
import org.ldae.study.Cell;
import org.ldae.study.Estimate;
import org.ldae.study.Group;
import org.ldae.study.Metric;
import org.ldae.study.Study;
import org.ldae.study.StudyResults;
import org.nd4j.linalg.factory.Nd4j;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class StudyReportTest {

    private static final Set<Group> ALL = EnumSet.allOf(Group.class);

    @TempDir
    private Path out;

    @Test
    void showsEveryGroupAndFigureOfAStudyOfThreeSeeds() throws Exception {
        Study study = MadeUp.study(ALL, List.of(1L, 2L, 3L));
        StudyResults results = MadeUp.results(ALL, List.of(1L, 2L, 3L));
        Files.createDirectories(out.resolve("figures"));
        Figures.writePng(
                Figures.grid(Nd4j.zeros(1, 1, 4, 4), 1, org.ldae.figures.GridOptions.plain()),
                out.resolve("figures/fig8-original-image.png"));
        Path file = StudyReport.of(results, study).withData(MadeUp.data()).write(out);
        Document page = parsed(file);
        List<String> figures = figures(page);
        for (String expected : List.of(
                "fig3-schedules",
                "fig4-filters",
                "fig5-resolution",
                "fig6-path",
                "fig7-noise",
                "fig8-original-image",
                "tab1-baseline",
                "tab2-dimension",
                "tab3-path",
                "controls",
                "probe-depth",
                "probe-time",
                "ablation-scale",
                "ablation-augmentation",
                "ablation-epochs",
                "ablation-size")) {
            assertTrue(figures.contains("figures/" + expected + ".png"), expected + " not in " + figures);
        }
        for (Group group : ALL) {
            for (Cell cell : results.trials(group)) {
                for (Metric metric : List.of(Metric.AVERAGED, Metric.ALL_TOKENS)) {
                    results.estimate(group, cell.trial(), metric)
                            .ifPresent(estimate -> assertTrue(
                                    rows(page, cell.trial()).stream().anyMatch(row -> row.contains(written(estimate))),
                                    cell + " " + metric));
                }
            }
        }
    }

    @Test
    void theRoadHasDifferencesThatAreThoseOfTheResults() throws Exception {
        Study study = MadeUp.study(Set.of(Group.PATH), List.of(1L, 2L, 3L));
        StudyResults results = MadeUp.results(Set.of(Group.PATH), List.of(1L, 2L, 3L));
        Document page = parsed(StudyReport.of(results, study).write(out));
        List<Cell> rows = results.trials(Group.PATH);
        for (int i = 1; i < rows.size(); i++) {
            Estimate change = results.difference(rows.get(i), rows.get(i - 1), Metric.AVERAGED)
                    .orElseThrow();
            assertEquals(signed(change), row(page, rows.get(i).trial()).get(3));
        }
        assertEquals("-", row(page, "baseline").get(3));
        assertEquals("61.5", row(page, "single-level").get(6));
        assertEquals("-3.0", row(page, "single-level").get(7));
    }

    @Test
    void settingsReadAsWords() throws Exception {
        Study study = MadeUp.study(Set.of(Group.SCALE), List.of(1L, 2L));
        StudyResults results = MadeUp.results(Set.of(Group.SCALE), List.of(1L, 2L));
        Path file = StudyReport.of(results, study).withData(MadeUp.data()).write(out);
        List<String> settings = elements(parsed(file), "tr").stream()
                .map(Element::getTextContent)
                .toList();
        String probe = "logistic regression by L-BFGS, L2 chosen among 9 values from 1 to 0.0001 on 10% of the training"
                + " images";
        assertTrue(settings.contains("probe" + probe), settings.toString());
        assertTrue(settings.stream().noneMatch(row -> row.contains("[l2=")), "a record as Java prints it");
    }

    @Test
    void oneSeedHasNoIntervalsAndSettlesNothing() throws Exception {
        Study study = MadeUp.study(ALL, List.of(7L));
        StudyResults results = MadeUp.results(ALL, List.of(7L));
        String text = Files.readString(StudyReport.of(results, study).write(out));
        parsed(out.resolve("report.html"));
        assertFalse(text.contains("class=\"v-reproduced\""));
        assertFalse(text.contains("class=\"v-not-reproduced\""));
        assertTrue(text.contains("class=\"v-open\""));
        String mean = String.format(
                Locale.ROOT,
                "%.2f",
                100
                        * results.estimate(Group.PATH, "baseline", Metric.AVERAGED)
                                .orElseThrow()
                                .mean());
        assertTrue(text.contains("<span>" + mean + "</span>"));
    }

    @Test
    void groupsStandAlone() throws Exception {
        for (Group group : List.of(Group.CONTROL, Group.EPOCHS, Group.AUGMENTATION)) {
            Path folder = out.resolve(group.key());
            Study study = MadeUp.study(Set.of(group), List.of(1L, 2L));
            StudyResults results = MadeUp.results(Set.of(group), List.of(1L, 2L));
            parsed(StudyReport.of(results, study).write(folder));
        }
    }

    @Test
    void whatNoCellMeasuredHasNoColumnAndNoSection() throws Exception {
        Cell alone = new Cell(Group.CONTROL, "mae", "mae", OptionalDouble.empty(), 1);
        StudyResults results = new StudyResults(List.of(
                MadeUp.result(alone, Map.of(Metric.AVERAGED, 0.5)),
                MadeUp.result(
                        new Cell(Group.CONTROL, "mae", "mae", OptionalDouble.empty(), 2),
                        Map.of(Metric.AVERAGED, 0.6))));
        Path file = StudyReport.of(results, MadeUp.study(Set.of(Group.CONTROL), List.of(1L, 2L)))
                .write(out);
        String text = Files.readString(file);
        assertTrue(text.contains("55.00") && !text.contains("55.00 \u00b1"), "two seeds have no interval");
        for (String absent : List.of("own classifier", "l-DAE minus it", "The road", "Which orderings")) {
            assertFalse(text.contains(absent), absent);
        }
    }

    @Test
    void missingMetricsAreDashesAndTextIsEscaped() throws Exception {
        Cell odd = new Cell(Group.SCALE, "odd", "<b>\"R&D\"</b>", OptionalDouble.empty(), 1);
        Cell lost = new Cell(Group.PATH, "patch-pca", "lost", OptionalDouble.empty(), 1);
        StudyResults results = new StudyResults(List.of(
                MadeUp.result(odd, Map.of(Metric.ALL_TOKENS, 0.5)),
                MadeUp.result(
                        new Cell(Group.SCALE, "whole", "whole", OptionalDouble.empty(), 1),
                        Map.of(Metric.AVERAGED, 0.4, Metric.ALL_TOKENS, 0.6)),
                MadeUp.result(
                        lost, Map.of(Metric.AVERAGED, Double.NaN, Metric.ALL_TOKENS, 0.25, Metric.FRECHET, 12.5))));
        Study study = MadeUp.study(ALL, List.of(1L));
        Document page = parsed(StudyReport.of(results, study).write(out));
        assertEquals(List.of("odd<b>\"R&D\"</b>", "-", "50.00"), row(page, "odd"));
        List<String> path = row(page, "patch-pca");
        assertEquals(List.of("-", "-", "25.00", "-"), path.subList(2, 6));
        assertEquals("12.50", path.get(9));
    }

    @Test
    void whatCameOutStandsFirstAndEveryHeadingIsInTheContents() throws Exception {
        Study study = MadeUp.study(ALL, List.of(1L, 2L, 3L));
        StudyResults results = MadeUp.results(ALL, List.of(1L, 2L, 3L));
        Path file = StudyReport.of(results, study)
                .withCommand("study --preset tiny")
                .write(out);
        Document page = parsed(file);
        String text = Files.readString(file);
        assertTrue(text.indexOf("By the probe of all tokens the best of 14 rows is") < text.indexOf("<h2"));
        assertTrue(text.contains("reproduced here"));
        assertTrue(text.contains("study --preset tiny") && text.contains("1970-01-01"));
        List<Element> links = elements(page, "a");
        for (Element heading : elements(page, "h2")) {
            String target = "#" + heading.getAttribute("id");
            assertTrue(links.stream().anyMatch(link -> link.getAttribute("href").equals(target)), target);
        }
        long plots = elements(page, "svg").size();
        long trained = results.cells().stream()
                .filter(cell -> !cell.curves().isEmpty())
                .map(cell -> cell.cell().group() + cell.cell().trial())
                .distinct()
                .count();
        assertEquals(trained, plots);
    }

    @Test
    void theConsoleTableHasALineForEachRow() {
        Study study = MadeUp.study(Set.of(Group.PATH), List.of(1L, 2L));
        StudyResults results = MadeUp.results(Set.of(Group.PATH), List.of(1L, 2L));
        String table = StudyReport.of(results, study).pathTable();
        assertEquals(15, table.lines().count());
        assertTrue(table.chars().allMatch(letter -> letter < 128), table);
        assertTrue(table.contains("patch-pca"));
        assertTrue(table.lines().allMatch(line -> line.length() <= 100), table);
    }

    @Test
    void noCellsAreAnError() {
        String message = String.valueOf(assertThrows(
                        IllegalArgumentException.class,
                        () -> StudyReport.of(new StudyResults(List.of()), MadeUp.study(ALL, List.of(1L))))
                .getMessage());
        assertTrue(message.contains("results: expected at least one finished cell"), message);
    }

    /** Reads a page as XML and checks what every page must be. */
    private static Document parsed(Path file) throws Exception {
        String text = Files.readString(file);
        String own = text.replace("href=\"https://arxiv.org/abs/2401.14404\"", "");
        assertFalse(own.contains("http:") || own.contains("https:"), "names another address than the paper's");
        assertFalse(own.contains("src=\"http") || own.contains("url(") || own.contains("@import"), "loads something");
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
        Document page = factory.newDocumentBuilder().parse(file.toFile());
        List<Element> images = elements(page, "img");
        List<String> named = figures(page);
        assertEquals(images.size(), named.size());
        for (int i = 0; i < images.size(); i++) {
            Path png = file.resolveSibling(named.get(i));
            assertTrue(Files.exists(png), png.toString());
            String source = images.get(i).getAttribute("src");
            assertTrue(source.startsWith("data:image/png;base64,"));
            byte[] bytes = Base64.getDecoder().decode(source.substring(source.indexOf(',') + 1));
            assertEquals(ImageIO.read(png.toFile()).getWidth(), width(bytes));
            assertTrue(images.get(i).getAttribute("alt").length() > 20);
        }
        return page;
    }

    private static int width(byte[] png) throws IOException {
        return ImageIO.read(new ByteArrayInputStream(png)).getWidth();
    }

    private static List<String> figures(Document page) {
        return elements(page, "a").stream()
                .filter(span -> span.getAttribute("class").equals("file"))
                .map(Element::getTextContent)
                .toList();
    }

    private static List<String> row(Document page, String trial) {
        return rows(page, trial).get(0);
    }

    /** The cells of the rows of any table that name a trial in their first two columns. */
    private static List<List<String>> rows(Document page, String trial) {
        List<List<String>> rows = new ArrayList<>();
        for (Element row : elements(page, "tr")) {
            List<String> cells = new ArrayList<>();
            NodeList children = row.getElementsByTagName("td");
            for (int i = 0; i < children.getLength(); i++) {
                cells.add(children.item(i).getTextContent());
            }
            if (cells.size() > 2 && cells.subList(0, 2).stream().anyMatch(name -> name.startsWith(trial))) {
                rows.add(cells);
            }
        }
        return rows;
    }

    private static List<Element> elements(Document page, String name) {
        NodeList nodes = page.getElementsByTagName(name);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            elements.add((Element) nodes.item(i));
        }
        return elements;
    }

    private static String written(Estimate estimate) {
        return String.format(
                Locale.ROOT, "%.2f \u00b1 %.2f", 100 * estimate.mean(), 100 * (estimate.high() - estimate.mean()));
    }

    private static String signed(Estimate estimate) {
        return (estimate.mean() >= 0 ? "+" : "") + written(estimate);
    }
}
