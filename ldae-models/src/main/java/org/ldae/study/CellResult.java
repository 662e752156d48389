package org.ldae.study;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.awt.image.BufferedImage;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.ldae.models.Provenance;
import org.ldae.probe.ProbeSolver;

/**
 * What a cell measured, with all that is needed to get it again.
 *
 * @param cell what was run
 * @param metrics numbers
 * @param curves losses of what was trained
 * @param pictures what was drawn, by the name of its file; none if the result was read from a file
 * @param seconds time it took, training and probing
 * @param ended when it ended, empty in results of versions that didn't keep it
 * @param settings what defines it beside the data and seed: one JSON object
 * @param provenance seed, data hash and versions
 */
public record CellResult(
        Cell cell,
        Map<Metric, Double> metrics,
        List<LossCurve> curves,
        Map<String, BufferedImage> pictures,
        double seconds,
        Optional<Instant> ended,
        String settings,
        Provenance provenance) {

    /** Name of the probe among the settings. */
    static final String PROBE = "probe";

    /**
     * Copies metrics, curves and pictures.
     *
     * @param cell what was run
     * @param metrics numbers
     * @param curves losses of what was trained
     * @param pictures what was drawn
     * @param seconds time it took
     * @param ended when it ended
     * @param settings what defines it
     * @param provenance where it comes from
     */
    public CellResult {
        metrics = Collections.unmodifiableMap(new TreeMap<>(metrics));
        curves = List.copyOf(curves);
        pictures = Map.copyOf(pictures);
    }

    /** The same numbers under the name of a cell with the same settings and seed. */
    CellResult as(Cell twin) {
        return new CellResult(twin, metrics, curves, Map.of(), seconds, ended, settings, provenance);
    }

    /**
     * How features were probed.
     *
     * @return in words if this version of the library probes so, as the settings name it if not; empty if they don't
     */
    public Optional<String> probe() {
        JsonElement saved = JsonParser.parseString(settings).getAsJsonObject().get(PROBE);
        ProbeSolver known = CellRun.solver();
        return Optional.ofNullable(saved)
                .map(JsonElement::getAsString)
                .map(probe -> probe.equals(known.toString()) ? known.describe() : probe);
    }

    /**
     * All but the pictures as one JSON object, to be kept or sent.
     *
     * @return the text
     */
    public String toJson() {
        return CellJson.of(this);
    }

    /**
     * Reads a result.
     *
     * @param json from {@link #toJson}
     * @return the result without pictures
     * @throws com.google.gson.JsonParseException if it is something else
     */
    public static CellResult fromJson(String json) {
        return CellJson.read(json);
    }

    @Override
    public String toString() {
        return "CellResult[%s, %d metrics, %d curves, %.0f s]"
                .formatted(cell.id(), metrics.size(), curves.size(), seconds);
    }
}
