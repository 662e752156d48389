package org.ldae.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConsoleProgressTest {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final Progress progress = new ConsoleProgress(new PrintStream(bytes, true, StandardCharsets.UTF_8));

    private void update(String stage, long done, double seconds) {
        progress.update(new Progress.Event(stage, done, 100, seconds, Double.NaN, ""));
    }

    private List<String> lines() {
        return bytes.toString(StandardCharsets.UTF_8).lines().map(String::strip).toList();
    }

    @Test
    void aLineSaysWhereTheWorkStands() {
        progress.update(new Progress.Event("train", 25, 200, 65.4, 195.6, "loss 0.5"));
        assertEquals(List.of("train         12%  25/200  1:05, 3:16 left  loss 0.5"), lines());
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
        progress.update(new Progress.Event("load", 0, 0, 0, Double.NaN, ""));
        assertEquals(List.of("load           0%  0/0  0:00"), lines());
    }

    @Test
    void silenceIsPossible() {
        Progress.none().update(new Progress.Event("train", 1, 2, 3, 4, ""));
        assertTrue(lines().isEmpty());
    }
}
