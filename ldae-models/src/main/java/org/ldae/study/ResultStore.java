package org.ldae.study;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Finished cells in a folder, a file each, written whole. */
final class ResultStore {

    /** Name of the test images' hash among a cell's settings; versions before kept none. */
    static final String TEST = "test";

    private final Path folder;

    ResultStore(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
    }

    private Path file(Cell cell) {
        return folder.resolve(cell.id() + ".json");
    }

    void save(CellResult result) throws IOException {
        StudyResults.write(file(result.cell()), result.toJson());
    }

    /**
     * What a cell measured in an earlier run.
     *
     * @throws IOException if a file is there that is damaged, or of other settings or images
     */
    Optional<CellResult> load(Cell cell, String settings, String dataHash) throws IOException {
        Path file = file(cell);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        CellResult result = read(file);
        if (!same(result.settings(), settings)
                || !result.provenance().dataHash().equals(dataHash)) {
            throw new IOException(
                    "%s: expected a cell of the same settings and images, got another's; use another --out folder or delete the file"
                            .formatted(file));
        }
        return Optional.of(result);
    }

    private static boolean same(String saved, String wanted) {
        JsonObject before = JsonParser.parseString(saved).getAsJsonObject();
        JsonObject now = JsonParser.parseString(wanted).getAsJsonObject();
        if (!before.has(TEST)) {
            now.remove(TEST);
        }
        return before.equals(now);
    }

    private static CellResult read(Path file) throws IOException {
        try {
            return CellResult.fromJson(Files.readString(file));
        } catch (JsonParseException e) {
            throw new IOException(file + ": expected the result of a cell, got something else; delete the file", e);
        }
    }
}
