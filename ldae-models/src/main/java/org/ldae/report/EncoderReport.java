package org.ldae.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.ldae.evaluation.EncoderResults;
import org.ldae.evaluation.Score;

/**
 * An encoder's page: what its features are worth beside controls under the same readouts.
 *
 * <p>Every number is of the results; what was not measured is left out.
 */
public final class EncoderReport {

    private final EncoderResults results;

    private EncoderReport(EncoderResults results) {
        this.results = results;
    }

    /**
     * The report of some results.
     *
     * @param results of an evaluation
     * @return to be read or written
     */
    public static EncoderReport of(EncoderResults results) {
        return new EncoderReport(results);
    }

    /**
     * What came out, and a table for a console: top-1 in percent with its Wilson 95% interval, a row for each subject, a column
     * for each readout.
     *
     * @return lines with columns in line
     */
    public String text() {
        return String.join("\n", headline()) + "\n\n" + ConsoleTable.of(scores());
    }

    /** What came out: for each readout by how much the encoder leads, or what leads it. */
    List<String> headline() {
        List<String> lines = new ArrayList<>();
        List<String> behind = new ArrayList<>();
        String encoder = results.subjects().get(0);
        for (String readout : results.readouts()) {
            Optional<Score> own = results.score(encoder, readout);
            Optional<Score> best = bestControl(readout);
            if (own.isEmpty() || best.isEmpty()) {
                continue;
            }
            double lead = 100 * (own.get().top1() - best.get().top1());
            String line = String.format(
                    Locale.ROOT,
                    "%s: %s %.2f%%, %+.2f points to %s, the best control",
                    words(readout),
                    encoder,
                    100 * own.get().top1(),
                    lead,
                    best.get().subject());
            (lead < 0 ? behind : lines).add(line);
        }
        behind.addAll(lines);
        return behind;
    }

    private Optional<Score> bestControl(String readout) {
        return results.scores().stream()
                .filter(each -> each.readout().equals(readout)
                        && !each.subject().equals(results.subjects().get(0)))
                .max((a, b) -> Double.compare(a.top1(), b.top1()));
    }

    /** The table of scores with its head. */
    List<List<String>> scores() {
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of("top-1, %"));
        results.readouts().forEach(readout -> head.add(words(readout)));
        rows.add(head);
        for (String subject : results.subjects()) {
            List<String> row = new ArrayList<>(List.of(subject));
            for (String readout : results.readouts()) {
                row.add(results.score(subject, readout)
                        .map(EncoderReport::number)
                        .orElse(Numbers.NONE));
            }
            rows.add(row);
        }
        return rows;
    }

    private static String number(Score score) {
        return String.format(
                Locale.ROOT, "%.2f (%.1f-%.1f)", 100 * score.top1(), 100 * score.lower(), 100 * score.upper());
    }

    /** A readout's name in words. */
    static String words(String readout) {
        return readout.replace("pyramid-", "cells ")
                .replace(".all-blocks", ", all blocks")
                .replace("all-tokens", "all tokens");
    }
}
