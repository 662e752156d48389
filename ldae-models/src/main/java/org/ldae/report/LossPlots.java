package org.ldae.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.ldae.study.Cell;
import org.ldae.study.CellResult;
import org.ldae.study.Group;
import org.ldae.study.LossCurve;
import org.ldae.study.StudyResults;

/** The losses of every cell as small plots, one a trial with a line a seed, by what has room on a page: drawn in SVG. */
final class LossPlots {

    private static final int WIDTH = 160;
    private static final int HEIGHT = 70;
    private static final int COLOURS = 5;
    /** Half of the dash that a single loss is. */
    private static final int DASH = 4;

    private final StudyResults results;

    LossPlots(StudyResults results) {
        this.results = results;
    }

    /** The plots of a group; nothing if it trained nothing. */
    String of(Group group) {
        String plots = results.trials(group).stream().map(this::trial).collect(Collectors.joining());
        return plots.isEmpty() ? "" : "<div class=\"losses\">\n%s</div>\n".formatted(plots);
    }

    private String trial(Cell trial) {
        List<CellResult> cells = results.cells().stream()
                .filter(result -> result.cell().group() == trial.group()
                        && result.cell().trial().equals(trial.trial()))
                .toList();
        List<String> stages = cells.stream()
                .flatMap(cell -> cell.curves().stream())
                .map(LossCurve::stage)
                .distinct()
                .toList();
        return stages.stream().map(stage -> stage(trial, stage, cells)).collect(Collectors.joining());
    }

    private String stage(Cell trial, String stage, List<CellResult> cells) {
        List<Long> seeds = results.seeds();
        List<LossCurve> curves = new ArrayList<>();
        List<Integer> colours = new ArrayList<>();
        for (CellResult cell : cells) {
            for (LossCurve curve : cell.curves()) {
                if (curve.stage().equals(stage) && finite(curve).findAny().isPresent()) {
                    curves.add(curve);
                    colours.add(seeds.indexOf(cell.cell().seed()) % COLOURS);
                }
            }
        }
        if (curves.isEmpty()) {
            return "";
        }
        double low =
                curves.stream().flatMap(LossPlots::finite).min(Double::compare).orElseThrow();
        double high =
                curves.stream().flatMap(LossPlots::finite).max(Double::compare).orElseThrow();
        int steps = curves.stream().mapToInt(LossCurve::steps).max().orElseThrow();
        String lines = IntStream.range(0, curves.size())
                .mapToObj(i -> "<polyline class=\"c%s\" points=\"%s\"/>"
                        .formatted(colours.get(i), points(curves.get(i), steps, low, high)))
                .collect(Collectors.joining());
        String words = String.format(
                Locale.ROOT,
                "%s, %s: %,d %s, from %.3g to %.3g",
                trial.trial(),
                stage,
                steps,
                steps == 1 ? "step" : "steps",
                high,
                low);
        return "<figure><svg viewBox=\"0 0 %s %s\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"%s\">%s</svg><figcaption>%s</figcaption></figure>\n"
                .formatted(WIDTH, HEIGHT, Markup.escaped("Losses of " + words), lines, Markup.escaped(words));
    }

    private static Stream<Double> finite(LossCurve curve) {
        return curve.losses().stream().filter(Double::isFinite);
    }

    private static String points(LossCurve curve, int steps, double low, double high) {
        boolean logarithmic = low > 0;
        double bottom = logarithmic ? Math.log(low) : low;
        double range = Math.max(1e-9, (logarithmic ? Math.log(high) : high) - bottom);
        StringBuilder points = new StringBuilder();
        for (int i = 0; i < curve.losses().size(); i++) {
            double loss = curve.losses().get(i);
            if (Double.isFinite(loss)) {
                double x = WIDTH * Math.min(steps, (i + 0.5) * curve.stretch()) / steps;
                double y = ((logarithmic ? Math.log(loss) : loss) - bottom) / range;
                double place = HEIGHT - 3 - (HEIGHT - 6) * y;
                boolean alone = curve.losses().size() == 1;
                points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x - (alone ? DASH : 0), place));
                if (alone) {
                    points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x + DASH, place));
                }
            }
        }
        return points.toString().strip();
    }
}
