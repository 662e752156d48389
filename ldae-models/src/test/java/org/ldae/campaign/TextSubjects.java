package org.ldae.campaign;

import com.google.gson.JsonParseException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.ldae.models.Provenance;
import org.ldae.models.Recipe;
import org.ldae.models.Synthetic;
import org.ldae.study.Cell;
import org.ldae.study.CellResult;
import org.ldae.study.Group;
import org.ldae.study.LossCurve;
import org.ldae.study.Metric;

/** JSON that is kept by itself: recipes and results of a study's cells. */
final class TextSubjects {

    private TextSubjects() {}

    static List<Subject> in(Path folder) throws IOException {
        Path texts = Files.createDirectories(folder.resolve("texts"));
        return List.of(
                subject(
                        "recipe",
                        texts.resolve("recipe.json"),
                        Synthetic.recipe().toJson(),
                        Recipe::fromJson),
                subject("study cell", texts.resolve("cell.json"), cell().toJson(), TextSubjects::cell));
    }

    private static CellResult cell() {
        return new CellResult(
                new Cell(Group.PATH, "ldae", "l-DAE", OptionalDouble.of(1), 1),
                Map.of(Metric.AVERAGED, 0.5, Metric.FRECHET, 12.5),
                List.of(new LossCurve("train", 2, 1, List.of(1.0, 0.5))),
                Map.of(),
                1.5,
                Optional.of(Instant.EPOCH),
                Synthetic.recipe().toJson(),
                Provenance.of(1, Synthetic.images(2, 1)));
    }

    private static Object cell(String text) {
        CellResult result = CellResult.fromJson(text);
        return result.provenance().dataHash().length() + result.toJson().length();
    }

    private interface Parser {
        Object parse(String text);
    }

    private static Subject subject(String kind, Path file, String text, Parser parser) {
        return Subject.of(kind, file, text.getBytes(StandardCharsets.UTF_8), damaged -> {
                    try {
                        parser.parse(new String(Files.readAllBytes(damaged), StandardCharsets.ISO_8859_1));
                    } catch (IllegalArgumentException | JsonParseException e) {
                        throw new IOException(damaged + ": " + e.getMessage(), e); // texts have no file to name
                    }
                })
                .damagedBy(CheckpointDamage::text);
    }
}
