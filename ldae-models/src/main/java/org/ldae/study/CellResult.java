package org.ldae.study;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.ldae.models.Provenance;

/**
 * What a cell measured, with all that is needed to get it again.
 *
 * @param cell what was run
 * @param metrics numbers by name: {@code top1} and {@code top1.tokens} in [0, 1] and others
 * @param seconds time it took, training and probing
 * @param settings what defines it beside the data and seed: recipe and probes as JSON
 * @param provenance seed, data hash and versions
 */
public record CellResult(
        Cell cell, Map<String, Double> metrics, double seconds, String settings, Provenance provenance) {

    /**
     * Copies the metrics.
     *
     * @param cell what was run
     * @param metrics numbers by name
     * @param seconds time it took
     * @param settings what defines it
     * @param provenance where it comes from
     */
    public CellResult {
        metrics = Collections.unmodifiableMap(new TreeMap<>(metrics));
    }
}
