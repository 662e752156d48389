package org.ldae.spark;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What goes wrong in an executor, once. */
enum Fault {
    NONE,
    EXCEPTION,
    KILLED;

    /** A fault that has its place in a task; it strikes whichever process comes there first. */
    Strike at(Path marker) {
        return new Strike(this, marker.toString());
    }

    /** Where it strikes. */
    record Strike(Fault fault, String marker) implements Serializable {

        /** Throws or ends the process, the first time. */
        void strike() {
            if (fault == NONE) {
                return;
            }
            try {
                Files.createFile(Path.of(marker));
            } catch (FileAlreadyExistsException e) {
                return;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            if (fault == EXCEPTION) {
                throw new IllegalStateException("thrown by the test");
            }
            kill(ProcessHandle.current().pid());
        }

        /** Whether it has struck. */
        boolean struck() {
            return Files.exists(Path.of(marker));
        }
    }

    /** Ends a process by force. */
    static void kill(long pid) {
        try {
            new ProcessBuilder("kill", "-9", Long.toString(pid)).start().waitFor();
            Thread.sleep(60_000);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
