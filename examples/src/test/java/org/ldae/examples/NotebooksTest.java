package org.ldae.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import jdk.jshell.SnippetEvent;
import jdk.jshell.SourceCodeAnalysis;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs the notebooks cell by cell and compares text and pictures with {@code docs/notebooks}: text and whole
 * numbers exactly, others to 5% (10% below 1), pictures to 6 of 255 levels on average. {@code -Dldae.notebooks=write} writes them instead.
 */
class NotebooksTest {

    private static final Path TEXTS = Path.of("src", "main", "notebooks");
    private static final Path PAGES = Path.of("..", "docs", "notebooks");
    private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?");
    private static final double SHARE = 0.05;
    private static final double LEVELS = 6;

    /** A cell of a text. */
    private record Cell(boolean code, List<String> lines) {

        /** Cells begin at lines {@code // %%}, as VS Code, IntelliJ and jupytext read them. */
        static List<Cell> of(List<String> text) {
            List<Cell> cells = new ArrayList<>();
            for (String line : text) {
                if (line.startsWith("// %%")) {
                    cells.add(new Cell(!line.contains("[markdown]"), new ArrayList<>()));
                } else {
                    cells.get(cells.size() - 1).lines.add(line);
                }
            }
            return cells;
        }

        String source() {
            String text = String.join("\n", lines).strip();
            return code ? text : text.replaceAll("(?m)^// ?", "");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"from-pixels-to-tokens", "train-and-probe", "the-road"})
    void outputsAreThoseThatAreShown(String name) throws IOException {
        JsonObject page = run(Cell.of(Files.readAllLines(TEXTS.resolve(name + ".java"))));
        Path file = PAGES.resolve(name + ".ipynb");
        if ("write".equals(System.getProperty("ldae.notebooks"))) {
            Files.writeString(
                    file,
                    new GsonBuilder()
                                    .setPrettyPrinting()
                                    .disableHtmlEscaping()
                                    .create()
                                    .toJson(page) + "\n");
        }
        JsonArray expected =
                JsonParser.parseString(Files.readString(file)).getAsJsonObject().getAsJsonArray("cells");
        JsonArray actual = page.getAsJsonArray("cells");
        assertEquals(expected.size(), actual.size(), "cells; run with -Dldae.notebooks=write");
        for (int i = 0; i < expected.size(); i++) {
            compare(
                    name + ", cell " + (i + 1),
                    expected.get(i).getAsJsonObject(),
                    actual.get(i).getAsJsonObject());
        }
    }

    private static JsonObject run(List<Cell> cells) {
        JsonArray done = new JsonArray();
        try (JShell shell = JShell.builder().executionEngine("local").build()) {
            shell.addToClasspath(System.getProperty("java.class.path"));
            for (Cell cell : cells) {
                done.add(cell.code ? code(shell, cell.source()) : markdown(cell.source()));
            }
        }
        JsonObject kernel = new JsonObject();
        kernel.addProperty("display_name", "Java");
        kernel.addProperty("language", "java");
        kernel.addProperty("name", "java");
        JsonObject metadata = new JsonObject();
        metadata.add("kernelspec", kernel);
        JsonObject page = new JsonObject();
        page.add("cells", done);
        page.add("metadata", metadata);
        page.addProperty("nbformat", 4);
        page.addProperty("nbformat_minor", 4);
        return page;
    }

    private static JsonObject markdown(String source) {
        JsonObject cell = new JsonObject();
        cell.addProperty("cell_type", "markdown");
        cell.add("metadata", new JsonObject());
        cell.add("source", lines(source));
        return cell;
    }

    private static JsonObject code(JShell shell, String source) {
        JsonArray outputs = new JsonArray();
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        List<BufferedImage> shown = new ArrayList<>();
        PrintStream out = System.out;
        try (PrintStream to = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
            System.setOut(to);
            Notebook.showOn(shown::add);
            evaluate(shell, source);
        } finally {
            System.setOut(out);
        }
        if (printed.size() > 0) {
            JsonObject stream = new JsonObject();
            stream.addProperty("output_type", "stream");
            stream.addProperty("name", "stdout");
            stream.add("text", lines(printed.toString(StandardCharsets.UTF_8).replace("\r\n", "\n")));
            outputs.add(stream);
        }
        shown.forEach(picture -> outputs.add(picture(picture)));
        JsonObject cell = new JsonObject();
        cell.addProperty("cell_type", "code");
        cell.add("execution_count", com.google.gson.JsonNull.INSTANCE);
        cell.add("metadata", new JsonObject());
        cell.add("outputs", outputs);
        cell.add("source", lines(source));
        return cell;
    }

    private static void evaluate(JShell shell, String source) {
        String rest = source;
        while (!rest.isBlank()) {
            SourceCodeAnalysis.CompletionInfo next = shell.sourceCodeAnalysis().analyzeCompletion(rest);
            String snippet = next.source() == null ? rest : next.source();
            for (SnippetEvent event : shell.eval(snippet)) {
                String problems = shell.diagnostics(event.snippet())
                        .map(problem -> problem.getMessage(java.util.Locale.ROOT))
                        .toList()
                        .toString();
                assertEquals(Snippet.Status.VALID, event.status(), () -> snippet + "\n" + problems);
                assertTrue(event.exception() == null, () -> snippet + "\n" + event.exception());
            }
            rest = next.remaining() == null ? "" : next.remaining();
        }
    }

    private static JsonObject picture(BufferedImage picture) {
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        try {
            ImageIO.write(picture, "png", png);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        JsonObject data = new JsonObject();
        data.addProperty("image/png", Base64.getEncoder().encodeToString(png.toByteArray()));
        JsonObject display = new JsonObject();
        display.addProperty("output_type", "display_data");
        display.add("data", data);
        display.add("metadata", new JsonObject());
        return display;
    }

    /** Lines with their ends, as notebooks keep text. */
    private static JsonArray lines(String text) {
        JsonArray lines = new JsonArray();
        for (String line : text.split("(?<=\n)", -1)) {
            if (!line.isEmpty()) {
                lines.add(line);
            }
        }
        return lines;
    }

    private static void compare(String where, JsonObject expected, JsonObject actual) throws IOException {
        assertEquals(expected.get("source"), actual.get("source"), where + "; run with -Dldae.notebooks=write");
        if (!expected.has("outputs")) {
            return;
        }
        JsonArray before = expected.getAsJsonArray("outputs");
        JsonArray now = actual.getAsJsonArray("outputs");
        assertEquals(before.size(), now.size(), where);
        for (int i = 0; i < before.size(); i++) {
            JsonObject a = before.get(i).getAsJsonObject();
            JsonObject b = now.get(i).getAsJsonObject();
            if (a.has("text")) {
                compareText(where, text(a), text(b));
            } else {
                comparePictures(where, image(a), image(b));
            }
        }
    }

    private static String text(JsonObject output) {
        StringBuilder text = new StringBuilder();
        for (JsonElement line : output.getAsJsonArray("text")) {
            text.append(line.getAsString());
        }
        return text.toString();
    }

    private static void compareText(String where, String expected, String actual) {
        assertEquals(
                NUMBER.matcher(expected).replaceAll("#"), NUMBER.matcher(actual).replaceAll("#"), where);
        Matcher a = NUMBER.matcher(expected);
        Matcher b = NUMBER.matcher(actual);
        while (a.find() && b.find()) {
            double number = Double.parseDouble(a.group());
            double share = a.group(1) == null ? 0 : Math.abs(number) < 1 ? 2 * SHARE : SHARE;
            assertEquals(number, Double.parseDouble(b.group()), share * Math.abs(number), where);
        }
    }

    private static BufferedImage image(JsonObject output) throws IOException {
        String png = output.getAsJsonObject("data").get("image/png").getAsString();
        return ImageIO.read(new ByteArrayInputStream(Base64.getMimeDecoder().decode(png)));
    }

    private static void comparePictures(String where, BufferedImage expected, BufferedImage actual) {
        assertEquals(expected.getWidth(), actual.getWidth(), where);
        assertEquals(expected.getHeight(), actual.getHeight(), where);
        double difference = 0;
        for (int y = 0; y < expected.getHeight(); y++) {
            for (int x = 0; x < expected.getWidth(); x++) {
                for (int shift = 0; shift < 24; shift += 8) {
                    difference += Math.abs(
                            ((expected.getRGB(x, y) >> shift) & 0xff) - ((actual.getRGB(x, y) >> shift) & 0xff));
                }
            }
        }
        double mean = difference / (3.0 * expected.getWidth() * expected.getHeight());
        assertTrue(mean <= LEVELS, () -> "%s: pictures differ by %.1f levels on average".formatted(where, mean));
    }
}
