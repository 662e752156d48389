package org.ldae.runlog;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A text file that lines are added to. */
abstract class LinesFile implements RunLog.Sink {

    private static final long NANOS_BETWEEN_FLUSHES = 1_000_000_000L;

    private final Path file;
    private final BufferedWriter out;
    private long flushed = System.nanoTime();

    LinesFile(Path file) throws IOException {
        this.file = file;
        this.out = Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    @Override
    public final Path file() {
        return file;
    }

    final void line(String text) throws IOException {
        out.write(text);
        out.write('\n');
        if (System.nanoTime() - flushed > NANOS_BETWEEN_FLUSHES) {
            out.flush();
            flushed = System.nanoTime();
        }
    }

    @Override
    public final void close() throws IOException {
        out.close();
    }
}
