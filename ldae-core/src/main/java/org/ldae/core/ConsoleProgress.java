package org.ldae.core;

import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Prints progress as plain lines, so that logs and terminals both show it. */
final class ConsoleProgress implements Progress {

    private static final double SECONDS_BETWEEN_LINES = 2;

    private static final Map<Quantity, String> FORMATS = Map.of(
            Quantity.EPOCH, "epoch %.2f",
            Quantity.LOSS, "loss %.4g",
            Quantity.HELD_OUT_LOSS, "best held-out %.4g",
            Quantity.RATE, "rate %.3g",
            Quantity.IMAGES_PER_SECOND, "%.0f images/s",
            Quantity.ACCURACY, "accuracy %.4f",
            Quantity.PENALTY, "penalty %.3g",
            Quantity.GRADIENT, "gradient %.2g",
            Quantity.TIME, "t %.3f",
            Quantity.SPREAD, "spread %.3f");

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
                detail(event));
    }

    private static String detail(Event event) {
        String numbers = new TreeMap<>(event.numbers())
                .entrySet().stream()
                        .map(number -> String.format(Locale.ROOT, FORMATS.get(number.getKey()), number.getValue()))
                        .collect(Collectors.joining(", "));
        return event.about().isEmpty() || numbers.isEmpty() ? event.about() + numbers : event.about() + ": " + numbers;
    }

    @Override
    public synchronized void warn(String message) {
        out.println("warning: " + message);
    }

    private static String clock(double seconds) {
        long whole = Math.round(seconds);
        return String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60);
    }
}
