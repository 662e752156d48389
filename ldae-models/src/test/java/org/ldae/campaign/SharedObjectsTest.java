package org.ldae.campaign;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedObjectsTest {

    @TempDir
    private Path folder;

    @Test
    void callsOfEightThreadsAreRightOrSayThatTheObjectIsClosed() throws Exception {
        SharedObjects shared = new SharedObjects(folder);
        shared.round();
        assertTrue(shared.toString().contains("none wrong"));
    }
}
