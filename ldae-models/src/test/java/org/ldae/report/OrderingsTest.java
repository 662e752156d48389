package org.ldae.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.ldae.study.Estimate;
import org.ldae.study.Group;
import org.ldae.study.Metric;
import org.ldae.study.StudyResults;

class OrderingsTest {

    @Test
    void anIntervalDecides() {
        assertEquals(Verdict.REPRODUCED, Verdict.ofPositive(new Estimate(2, 1, 3, 3)));
        assertEquals(Verdict.NOT_REPRODUCED, Verdict.ofPositive(new Estimate(-2, -3, -1, 3)));
        assertEquals(Verdict.OPEN, Verdict.ofPositive(new Estimate(2, -1, 5, 3)));
        assertEquals(Verdict.OPEN, Verdict.ofPositive(new Estimate(2, 2, 2, 1)));
        assertEquals(Verdict.REPRODUCED, Verdict.ofSmall(new Estimate(0.5, -0.5, 1.5, 3), 2));
        assertEquals(Verdict.NOT_REPRODUCED, Verdict.ofSmall(new Estimate(4, 3, 5, 3), 2));
        assertEquals(Verdict.OPEN, Verdict.ofSmall(new Estimate(1, -1, 3, 3), 2));
        assertEquals(Verdict.OPEN, Verdict.ofSmall(new Estimate(0, 0, 0, 1), 2));
    }

    @Test
    void findsTheOrderingsThatWereMadeUp() {
        StudyResults results = MadeUp.results(EnumSet.allOf(Group.class), List.of(1L, 2L, 3L, 4L, 5L));
        Map<String, List<Verdict>> verdicts = Orderings.of(results, Metric.AVERAGED).stream()
                .collect(Collectors.groupingBy(
                        ordering -> ordering.claim().words(),
                        Collectors.mapping(Ordering::verdict, Collectors.toList())));
        for (String claim : List.of(
                "many noise levels are better than one",
                "noise on latents is better than noise on pixels",
                "noise on pixels does less harm in smaller images",
                "a single peak in the latent dimension: pca",
                "no second peak: pca",
                "the best time of the probe is small: clean input",
                "longer training is better",
                "l-DAE is better than the control random-encoder",
                "the best depth is in the middle")) {
            assertTrue(verdicts.containsKey(claim), claim + " not in " + verdicts.keySet());
            assertEquals(Set.of(Verdict.REPRODUCED), Set.copyOf(verdicts.getOrDefault(claim, List.of())), claim);
        }
        assertEquals(List.of(Verdict.OPEN), verdicts.get("a larger network is better"));
    }

    @Test
    void rawPixelsAreComparedByAllTokens() {
        StudyResults results = MadeUp.results(Set.of(Group.PATH, Group.CONTROL), List.of(1L, 2L));
        String raw = "l-DAE is better than the control raw-pixels";
        assertTrue(Orderings.of(results, Metric.ALL_TOKENS).stream()
                .anyMatch(ordering -> ordering.claim().words().equals(raw)));
        assertTrue(Orderings.of(results, Metric.AVERAGED).stream()
                .noneMatch(ordering -> ordering.claim().words().equals(raw)));
    }

    @Test
    void differencesArePairedBySeed() {
        Point one = new Point("one", Double.NaN, Map.of(1L, 10.0, 2L, 30.0, 3L, 7.0));
        Point other = new Point("other", Double.NaN, Map.of(2L, 28.0, 1L, 9.0));
        Optional<Ordering> ordering = Ordering.of(Claim.higher("", ""), Optional.of(one), Optional.of(other));
        assertEquals(1.5, ordering.orElseThrow().difference().mean(), 1e-12);
        assertEquals(2, ordering.orElseThrow().difference().n());
        assertTrue(Ordering.of(Claim.higher("", ""), Optional.of(one), Optional.empty())
                .isEmpty());
    }
}
