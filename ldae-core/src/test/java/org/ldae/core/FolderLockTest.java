package org.ldae.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderLockTest {

    @TempDir
    private Path folder;

    private static final FolderLock.Work<String> NOTHING = () -> "done";

    private String assertTaken() {
        String message = String.valueOf(assertThrows(IOException.class, () -> FolderLock.holding(folder, NOTHING))
                .getMessage());
        assertTrue(message.startsWith(folder + ": another run is writing to this folder"), message);
        return message;
    }

    @Test
    void theSecondRunOfAProcessIsTold() throws IOException {
        FolderLock.holding(folder, () -> assertTaken() + assertTaken());
        assertEquals("done", FolderLock.holding(folder, NOTHING));
        assertFalse(Files.exists(folder.resolve(".lock")));
    }

    @Test
    void theSecondProcessIsToldUntilTheFirstIsKilled() throws IOException, InterruptedException {
        Process first = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        folder.toString())
                .start();
        try (BufferedReader told = first.inputReader(StandardCharsets.UTF_8)) {
            assertEquals("locked", told.readLine());
            assertTaken();
        } finally {
            first.destroyForcibly().waitFor();
        }
        assertTrue(Files.exists(folder.resolve(".lock")));
        assertEquals("done", FolderLock.holding(folder, NOTHING));
    }

    /** The first process. */
    static final class Holder {

        private Holder() {}

        public static void main(String[] args) throws IOException {
            FolderLock.holding(Path.of(args[0]), () -> {
                System.out.println("locked");
                return System.in.read();
            });
        }
    }
}
