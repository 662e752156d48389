package org.ldae.runlog;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.ldae.core.Csv;
import org.ldae.core.Progress;

/** A line for each number. */
final class CsvFile extends LinesFile {

    private static final String HEADER = "stage,about,step,seconds,quantity,value";

    CsvFile(Path file) throws IOException {
        super(file);
        if (Files.size(file) == 0) {
            line(HEADER);
        }
    }

    @Override
    public void event(Progress.Event event) throws IOException {
        for (Map.Entry<String, Double> number : RunLog.numbers(event).entrySet()) {
            line(Csv.row(
                    event.stage(),
                    event.about(),
                    event.done(),
                    String.format(Locale.ROOT, "%.3f", event.seconds()),
                    number.getKey(),
                    number.getValue()));
        }
    }

    @Override
    public void text(String name, long step, String text) {}

    @Override
    public void picture(String name, long step, BufferedImage picture) {}
}
