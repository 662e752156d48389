package org.ldae.study;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.ldae.core.AtomicFile;

/** Finished cells in a folder, a file each, written whole. */
final class ResultStore {

    private static final Gson GSON = new GsonBuilder()
            .setPrettyPrinting()
            .serializeSpecialFloatingPointValues()
            .create();

    private final Path folder;

    ResultStore(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
    }

    private Path file(Cell cell) {
        return folder.resolve(cell.id() + ".json");
    }

    void save(CellResult result) throws IOException {
        AtomicFile.write(
                file(result.cell()),
                channel -> channel.write(java.nio.ByteBuffer.wrap(
                        GSON.toJson(result).getBytes(java.nio.charset.StandardCharsets.UTF_8))));
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
        if (!result.settings().equals(settings)
                || !result.provenance().dataHash().equals(dataHash)) {
            throw new IOException(
                    "%s: expected a cell of the same settings and images, got another's; use another --out folder or delete the file"
                            .formatted(file));
        }
        return Optional.of(result);
    }

    private static CellResult read(Path file) throws IOException {
        try {
            CellResult result = GSON.fromJson(Files.readString(file), CellResult.class);
            if (result == null || result.provenance() == null || result.settings() == null) {
                throw new IOException(file + ": expected the result of a cell, got something else; delete the file");
            }
            return result;
        } catch (JsonParseException e) {
            throw new IOException(file + ": expected the result of a cell, got no JSON; delete the file", e);
        }
    }
}
