package org.ldae.runlog;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import org.ldae.core.Progress;

/** An object for each event, text and picture; of a picture its name and size. */
final class JsonLinesFile extends LinesFile {

    private static final Gson GSON = new Gson();

    JsonLinesFile(Path file) throws IOException {
        super(file);
    }

    @Override
    public void event(Progress.Event event) throws IOException {
        JsonObject line = new JsonObject();
        line.addProperty("stage", event.stage());
        if (!event.about().isEmpty()) {
            line.addProperty("about", event.about());
        }
        line.addProperty("step", event.done());
        line.addProperty("total", event.total());
        line.addProperty("seconds", event.seconds());
        // JSON has no word for numbers that aren't finite; a text says it.
        RunLog.numbers(event).forEach((name, value) -> {
            if (Double.isFinite(value)) {
                line.addProperty(name, value);
            } else {
                line.addProperty(name, Double.toString(value));
            }
        });
        line(GSON.toJson(line));
    }

    @Override
    public void text(String name, long step, String text) throws IOException {
        JsonObject line = new JsonObject();
        line.addProperty("text", name);
        line.addProperty("step", step);
        line.addProperty("value", text);
        line(GSON.toJson(line));
    }

    @Override
    public void picture(String name, long step, BufferedImage picture) throws IOException {
        JsonObject line = new JsonObject();
        line.addProperty("picture", name);
        line.addProperty("step", step);
        line.addProperty("width", picture.getWidth());
        line.addProperty("height", picture.getHeight());
        line(GSON.toJson(line));
    }
}
