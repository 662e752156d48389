package org.ldae.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class CheckBackendTest {

    /** Each must give the committed losses. */
    @Test
    void kernelsOfThisBackendPass() {
        for (String kernels : new String[] {"cpu", "portable"}) {
            assertEquals(
                    0, new CommandLine(new CheckBackend()).execute("--kernels", kernels, "--seconds", "0"), kernels);
        }
    }
}
