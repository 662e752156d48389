package org.ldae.data.sets;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.ldae.data.SkippedFile;
import org.ldae.data.decoding.ImageFile;

/** The files of a folder that can't be read, up to the number that may be left out. */
final class BrokenFiles {

    private static final int MOST_NAMED = 5;

    private final int most;
    private final List<SkippedFile> skipped = new ArrayList<>();

    BrokenFiles(int most) {
        this.most = most;
    }

    /** Whether any file may be left out. */
    boolean mayBeSkipped() {
        return most > 0;
    }

    /** Notes a file; an error if it is one too many. */
    void add(Path file, IOException failure) throws IOException {
        IOException explained = ImageFile.explained(file, failure);
        String reason = String.valueOf(explained.getMessage());
        String named = file + ": ";
        skipped.add(new SkippedFile(file, reason.startsWith(named) ? reason.substring(named.length()) : reason));
        if (most == 0) {
            throw explained;
        }
        if (skipped.size() > most) {
            String first = skipped.stream()
                    .limit(MOST_NAMED)
                    .map(each -> each.file() + ": " + each.reason())
                    .collect(Collectors.joining("; "));
            throw new IOException(
                    "more files can't be read than the %d that may be skipped: %s%s; mend or remove them, or raise the limit"
                            .formatted(most, first, most < MOST_NAMED ? "" : "; ..."));
        }
    }

    /** What was left out, by name. */
    List<SkippedFile> skipped() {
        return skipped.stream().sorted(Comparator.comparing(SkippedFile::file)).toList();
    }
}
