package org.ldae.campaign;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class FullDisksTest {

    /** Only root may mount a small disk. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void whatCanNotBeWrittenIsToldByNameAndLosesNothing() throws Exception {
        Path probe = Files.createTempDirectory("mount");
        String[] mount = {"mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", probe.toString()};
        boolean root = new ProcessBuilder(mount).start().waitFor() == 0;
        if (root) {
            new ProcessBuilder("umount", probe.toString()).start().waitFor();
        }
        Files.delete(probe);
        assumeTrue(root, "this user can't mount a disk");
        FullDisks.main(new String[0]);
    }
}
