package org.ldae.campaign;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KillLoopTest {

    @TempDir
    private Path folder;

    /** Studies are killed by the test of their example. */
    @Test
    void killedWorkGoesOnToTheSameBits() throws IOException, InterruptedException {
        KillLoop loop = new KillLoop(folder, 2);
        loop.run(2, List.of("training", "packing", "download"));
        assertEquals(3, loop.tallies().size());
    }
}
