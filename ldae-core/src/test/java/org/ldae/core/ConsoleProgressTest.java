package org.ldae.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.ldae.core.Progress.Quantity;

class ConsoleProgressTest {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final Progress progress = new ConsoleProgress(new PrintStream(bytes, true, StandardCharsets.UTF_8));

    private static Progress.Event event(String stage, long done, long total, double seconds, double left) {
        return new Progress.Event(stage, "", done, total, seconds, left, Map.of());
    }

    private void update(String stage, long done, double seconds) {
        progress.update(event(stage, done, 100, seconds, Double.NaN));
    }

    private List<String> lines() {
        return bytes.toString(StandardCharsets.UTF_8).lines().map(String::strip).toList();
    }

    @Test
    void aLineSaysWhereTheWorkStands() {
        progress.update(new Progress.Event(
                "train", "one", 25, 200, 65.4, 195.6, Map.of(Quantity.RATE, 1e-3, Quantity.LOSS, 0.5)));
        assertEquals(List.of("train         12%  25/200  1:05, 3:16 left  one: loss 0.5000, rate 0.00100"), lines());
    }

    @Test
    void everyQuantityHasItsWords() {
        for (Quantity quantity : Quantity.values()) {
            Map<Quantity, Double> one = Map.of(quantity, 0.25);
            progress.update(new Progress.Event(quantity.toString(), "", 1, 2, 3, 4, one));
        }
        assertEquals(Quantity.values().length, lines().size());
        lines().forEach(line -> assertTrue(line.matches(".*left  .*\\d.*"), line));
    }

    @Test
    void aWarningIsPrintedAtOnce() {
        progress.warn("disk full");
        assertEquals(List.of("warning: disk full"), lines());
    }

    @Test
    void timeLeftIsOmittedUntilKnown() {
        update("train", 1, 3);
        assertEquals(List.of("train          1%  1/100  0:03"), lines());
    }

    @Test
    void printsEveryTwoSecondsAndAtTheEnd() {
        update("train", 0, 0);
        update("train", 1, 1);
        update("train", 2, 1.9);
        update("train", 3, 2);
        update("train", 4, 3.9);
        update("train", 100, 4);
        assertEquals(3, lines().size());
        assertTrue(lines().get(1).contains("3/100"));
        assertTrue(lines().get(2).startsWith("train        100%  100/100"));
    }

    @Test
    void aNewStagePrintsAtOnce() {
        update("fit", 50, 10);
        update("train", 1, 0.1);
        update("train", 2, 0.2);
        assertEquals(2, lines().size());
        assertTrue(lines().get(1).startsWith("train"));
    }

    @Test
    void aStageThatRunsAgainPrintsAgain() {
        update("train", 0, 0);
        update("train", 100, 60);
        update("train", 0, 0);
        update("train", 1, 0.1);
        update("train", 40, 3);
        update("train", 100, 5);
        assertEquals(5, lines().size(), () -> String.join("\n", lines()));
    }

    @Test
    void workOfUnknownExtentDoesNotFail() {
        progress.update(event("load", 0, 0, 0, Double.NaN));
        assertEquals(List.of("load           0%  0/0  0:00"), lines());
    }

    @Test
    void silenceIsPossible() {
        Progress.none().update(event("train", 1, 2, 3, 4));
        assertTrue(lines().isEmpty());
    }
}
