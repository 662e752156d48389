package org.ldae.report;

import java.util.List;
import java.util.Optional;

/**
 * A figure of the report.
 *
 * @param file its name in the folder of figures
 * @param caption what stands below it
 * @param drawing the picture
 */
record Figure(String file, String caption, Drawing drawing) {

    /** The panels that are there, one below the other; no figure if none is. */
    static List<Figure> of(String file, String caption, List<Optional<Drawing>> panels) {
        List<Drawing> there = panels.stream().flatMap(Optional::stream).toList();
        return there.isEmpty() ? List.of() : List.of(new Figure(file, caption, Drawing.stacked(there)));
    }
}
