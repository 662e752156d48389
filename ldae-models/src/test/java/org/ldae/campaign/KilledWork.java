package org.ldae.campaign;

import java.io.IOException;
import java.nio.file.Path;

/** Work that goes on where a killed process left it, and how to tell that nothing is lost. */
interface KilledWork {

    /** Does all of it, or what is left of it. */
    void run(Path folder) throws IOException;

    /**
     * Looks at what a killed process left.
     *
     * @return how much is saved; it never falls
     */
    long saved(Path folder) throws IOException;

    /** Looks at what came of the work in the end, against a run that nobody disturbed. */
    void requireSame(Path undisturbed, Path folder) throws IOException;

    static void require(boolean holds, String what) throws IOException {
        if (!holds) {
            throw new IOException(what);
        }
    }
}
