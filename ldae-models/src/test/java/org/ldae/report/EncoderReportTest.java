package org.ldae.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.ldae.evaluation.EncoderResults;
import org.ldae.evaluation.Score;

class EncoderReportTest {

    private static Score score(String subject, String readout, double top1) {
        return new Score(subject, readout, List.of(2), 8, 2_500_000, top1, top1 - 0.01, top1 + 0.01, "logistic", 1.5);
    }

    private static final EncoderResults RESULTS = new EncoderResults(
            900,
            100,
            List.of("cat", "dog"),
            "logistic regression",
            false,
            List.of(
                    score("l-DAE", "averaged", 0.8),
                    score("raw pixels", "averaged", 0.3),
                    score("patch dictionary", "averaged", 0.75),
                    score("l-DAE", "pyramid-1-2-4.all-blocks", 0.81),
                    score("patch dictionary", "pyramid-1-2-4.all-blocks", 0.84)),
            List.of(),
            List.of(),
            List.of(),
            List.of());

    @Test
    void whatLeadsTheEncoderStandsFirst() {
        List<String> lines = EncoderReport.of(RESULTS).text().lines().toList();
        assertEquals(
                "cells 1-2-4, all blocks: l-DAE 81.00%, 3.00 points behind patch dictionary, the best control",
                lines.get(0));
        assertEquals("averaged: l-DAE 80.00%, 5.00 points ahead of patch dictionary, the best control", lines.get(1));
    }

    @Test
    void theTableHasARowForEachReadoutAndAGapWhereNothingWasMeasured() {
        List<String> lines = EncoderReport.of(RESULTS).text().lines().toList();
        assertEquals("top-1, %                         l-DAE     raw pixels  patch dictionary", lines.get(3));
        assertEquals("averaged                 80.00 +- 1.00  30.00 +- 1.00     75.00 +- 1.00", lines.get(4));
        assertEquals("cells 1-2-4, all blocks  81.00 +- 1.00              -     84.00 +- 1.00", lines.get(5));
        assertEquals("MFLOP an image                     2.5            2.5               2.5", lines.get(6));
        assertEquals(7, lines.size());
    }

    @Test
    void jsonHasEveryNumber() {
        JsonObject json = JsonParser.parseString(RESULTS.toJson()).getAsJsonObject();
        assertEquals(900, json.get("trainingImages").getAsInt());
        JsonObject last = json.getAsJsonArray("scores").get(4).getAsJsonObject();
        assertEquals(0.84, last.get("top1").getAsDouble());
        assertEquals("patch dictionary", last.get("subject").getAsString());
        assertTrue(json.get("mirrored").getAsString().equals("false"));
    }

    @Test
    void noLeadIsLevel() {
        EncoderResults level = new EncoderResults(
                900,
                100,
                List.of("a", "b"),
                "ridge",
                false,
                List.of(score("l-DAE", "averaged", 0.75), score("patch dictionary", "averaged", 0.75)),
                List.of(),
                List.of(),
                List.of(),
                List.of());
        assertEquals(
                "averaged: l-DAE 75.00%, level with patch dictionary, the best control",
                EncoderReport.of(level).text().lines().findFirst().orElseThrow());
    }
}
