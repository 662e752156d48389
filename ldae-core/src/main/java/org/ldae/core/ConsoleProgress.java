package org.ldae.core;

import java.io.PrintStream;
import java.util.Locale;

/** Prints progress as plain lines, so that logs and terminals both show it. */
final class ConsoleProgress implements Progress {

    private static final double SECONDS_BETWEEN_LINES = 2;

    private final PrintStream out;
    private String stage = "";
    private double printedAt;

    ConsoleProgress(PrintStream out) {
        this.out = out;
    }

    @Override
    public synchronized void update(Event event) {
        boolean started = !event.stage().equals(stage) || event.seconds() < printedAt;
        boolean finished = event.done() >= event.total();
        if (!started && !finished && event.seconds() - printedAt < SECONDS_BETWEEN_LINES) {
            return;
        }
        stage = event.stage();
        printedAt = event.seconds();
        String left = Double.isNaN(event.secondsLeft()) ? "" : ", " + clock(event.secondsLeft()) + " left";
        out.printf(
                Locale.ROOT,
                "%-12s %3d%%  %d/%d  %s%s  %s%n",
                stage,
                100 * event.done() / Math.max(1, event.total()),
                event.done(),
                event.total(),
                clock(event.seconds()),
                left,
                event.detail());
    }

    private static String clock(double seconds) {
        long whole = Math.round(seconds);
        return String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60);
    }
}
