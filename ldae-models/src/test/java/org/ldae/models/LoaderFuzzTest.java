package org.ldae.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ldae.core.Rng;

class LoaderFuzzTest {

    @Test
    void damagedModelsLoadOrAreRefused(@TempDir Path folder) throws IOException {
        LoaderFuzz.Tally tally = new LoaderFuzz(folder).run(1400, Rng.of(15));

        assertEquals(Map.of(), tally.leaks());
        assertTrue(tally.read() > 100 && tally.refused() > 700, tally::toString);
    }
}
