package org.ldae.study;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.ldae.models.Provenance;
import org.ldae.probe.ProbeSolver;

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

    /** Name of the probe among the settings. */
    static final String PROBE = "probe";

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

    /**
     * How features were probed.
     *
     * @return in words if this version of the library probes so, as the settings name it if not; empty if they don't
     */
    public Optional<String> probe() {
        JsonElement saved = JsonParser.parseString(settings).getAsJsonObject().get(PROBE);
        ProbeSolver known = Probing.solver();
        return Optional.ofNullable(saved)
                .map(JsonElement::getAsString)
                .map(probe -> probe.equals(known.toString()) ? known.describe() : probe);
    }
}
